// How what is pressed, filled in or jumped to is called, as screen readers hear it: a name that begins or ends with a
// blank, has two in a row, or one before a colon is made of pieces that do not fit.

const NAMED = new Set(["button", "link", "checkbox", "radio", "switch", "textbox", "searchbox", "combobox", "spinbutton", "tab", "menuitem", "DisclosureTriangle", "heading", "image", "list", "region", "navigation", "article", "group", "table", "columnheader", "rowheader"]);
/** What nobody can press or fill in without one. */
const NEEDS = new Set(["button", "link", "checkbox", "radio", "switch", "textbox", "searchbox", "combobox", "DisclosureTriangle"]);

/** What is wrong with the names on a page, in Chromium's own tree. */
export async function wrongNames(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const found = nodes.flatMap(({ ignored, role, name }) => {
    const [kind, said] = [role?.value, name?.value ?? ""];
    if (ignored || !NAMED.has(kind)) return [];
    if (said === "") return NEEDS.has(kind) ? [`a ${kind} has no name`] : [];
    const stray = said !== said.trim() || /\s{2}/.test(said) || (kind !== "heading" && / [:,;!?،؛؟](\s|$)/.test(said));
    return stray ? [`a ${kind} has a stray blank in its name: ${JSON.stringify(said.slice(0, 90))}`] : [];
  });
  return [...new Set(found)];
}
