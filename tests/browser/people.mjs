// Who works together and who showed what: teams and departments, certificates and the rules that ask for them, made by an
// owner; and what somebody sees of the house who handles reports, or who only reads what was done.
//   node people.mjs ORIGIN PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { room } from "./room.mjs";

const [origin, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { at, accessible, look, fault, walk } = await room(origin, password);

/** Writes a part of a name and takes the first who is suggested, by keyboard. */
async function pick(page, label, part, username) {
  await page.getByLabel(label).fill("");
  await page.getByLabel(label).pressSequentially(part);
  await page.getByRole("option", { name: new RegExp(`@${username}$`) }).waitFor();
  while ((await page.getByRole("option", { selected: true }).getByText(`@${username}`).count()) === 0) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  if ((await page.getByLabel(label).inputValue()) !== username) fault("suggestions", `choosing @${username} does not put them into the field`);
}

/** What a screen offers by this name. */
const offers = (page, name) => page.locator("main").getByRole("link", { name }).or(page.locator("main").getByRole("button", { name }));

async function screen(page, path) {
  await page.goto(`${origin}/home${path}`);
  await page.locator("main h1").waitFor();
  await page.waitForFunction(() => !document.querySelector(".shapes"));
}

await walk(async () => {
  const mette = await at("mette");
  const ana = await at("anaf");

  // An owner makes a department, and puts people into it by a part of their name.
  await screen(mette, "/company");
  await mette.getByRole("link", { name: "Teams and departments" }).click();
  await mette.getByText("There is no department yet.").waitFor();
  await mette.getByRole("textbox", { name: "Name" }).fill("Support");
  await mette.getByRole("radio", { name: /^A department/ }).check();
  await mette.getByRole("button", { name: "Make it" }).click();
  await mette.getByRole("heading", { name: "Support", level: 1 }).waitFor();
  const support = new URL(mette.url()).pathname.slice("/home".length);
  await mette.getByText("Nobody is in it yet.").waitFor();
  await pick(mette, "Add somebody", "Ana", "anaf");
  await mette.getByRole("button", { name: "Add", exact: true }).click();
  await mette.getByText("Ana Ferreira is in it from now on.").waitFor();
  // Who knows the name writes it and presses: the list that stands between does not move the button away.
  await mette.getByLabel("Add somebody").pressSequentially("mett");
  await mette.getByRole("option", { name: /@mette$/ }).waitFor();
  await mette.getByLabel("Add somebody").pressSequentially("e");
  await mette.getByRole("option", { name: /@mette$/ }).waitFor();
  const press = await mette.getByRole("button", { name: "Add", exact: true }).boundingBox();
  await mette.mouse.move(press.x + 20, press.y + press.height / 2);
  await mette.mouse.down();
  await mette.waitForTimeout(200);
  await mette.mouse.up();
  await mette.getByText("Mette Skov is in it from now on.").waitFor();
  await accessible(mette, "department");
  // A name that nobody has is said beside the field, and what was typed stays.
  mette.expected = /status of (404|409|422)/;
  await mette.getByLabel("Add somebody").fill("nobody");
  await mette.keyboard.press("Enter");
  await mette.getByText(/There is nobody here called/).waitFor();
  if ((await mette.getByLabel("Add somebody").inputValue()) !== "nobody") fault("department", "what was typed is gone");

  // Who comes into another department leaves the first one.
  await screen(mette, "/company/teams");
  await mette.getByRole("textbox", { name: "Name" }).fill("Workshop");
  await mette.getByRole("radio", { name: /^A team/ }).check();
  await mette.getByRole("button", { name: "Make it" }).click();
  await mette.getByRole("heading", { name: "Workshop", level: 1 }).waitFor();
  const workshop = new URL(mette.url()).pathname.slice("/home".length);
  await pick(mette, "Add somebody", "Ana", "anaf");
  await mette.getByRole("button", { name: "Add", exact: true }).click();
  await mette.getByText("Ana Ferreira is in it from now on.").waitFor();
  // As long as she is in both it becomes no department, and it is said why.
  await mette.getByRole("radio", { name: /^A department/ }).check();
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.locator("main [role=alert]", { hasText: "@anaf" }).waitFor();
  await mette.getByRole("button", { name: /^Take out.*Ana Ferreira/ }).click();
  await mette.getByText("Ana Ferreira is not in it any more").waitFor();
  await mette.waitForFunction(() => document.activeElement?.id === "members", undefined, { timeout: 5000 }).catch(() => fault("team", "who takes somebody out loses their place"));
  await mette.getByRole("radio", { name: /^A department/ }).check();
  await mette.getByRole("textbox", { name: "Name" }).fill("The workshop");
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.getByText("It is saved.").waitFor();
  await mette.getByRole("heading", { name: "The workshop", level: 1 }).waitFor();
  await pick(mette, "Add somebody", "Ana", "anaf");
  await mette.getByRole("button", { name: "Add", exact: true }).click();
  await mette.getByText("Ana Ferreira is in it from now on.").waitFor();
  await screen(mette, "/company/teams");
  await mette.getByRole("link", { name: /The workshop/ }).getByText("Ana Ferreira").waitFor();
  if ((await mette.getByRole("link", { name: /Support/ }).getByText("Ana Ferreira").count()) > 0) fault("departments", "somebody is in two");
  // Where somebody works stands beside their name, for colleagues.
  await screen(mette, "/company/people");
  await mette.locator("li.login", { hasText: "@anaf" }).getByRole("link", { name: "The workshop" }).click();
  await mette.getByRole("heading", { name: "The workshop", level: 1 }).waitFor();
  await mette.locator("li", { hasText: "@anaf" }).getByRole("link", { name: "Ana Ferreira" }).click();
  await mette.locator(".profile").getByRole("link", { name: "The workshop" }).waitFor();

  // An owner gives a colleague another role with the house; before somebody becomes an owner it is asked once more.
  await screen(mette, "/company/people");
  const anas = mette.locator("li.login", { hasText: "@anaf" });
  await anas.locator("summary", { hasText: "Change the role with the house" }).press("Enter");
  const role = anas.getByRole("combobox", { name: "Role of Ana Ferreira" });
  await role.selectOption("owner");
  await anas.getByRole("button", { name: /^Give this role/ }).press("Enter");
  await anas.getByText("Make Ana Ferreira an owner?").waitFor();
  await accessible(mette, "people-owner-sure");
  await anas.locator("form.sure").getByRole("button").first().click();
  if ((await role.inputValue()) !== "member") fault("house role", "who goes back has chosen the role still");
  await role.selectOption("moderator");
  await anas.getByRole("button", { name: /^Give this role/ }).press("Enter");
  await anas.getByText("Ana Ferreira is now Moderator.").waitFor();
  await anas.getByText("handles reports", { exact: true }).waitFor();
  await role.selectOption("member");
  await anas.getByRole("button", { name: /^Give this role/ }).press("Enter");
  await anas.getByText("Ana Ferreira has no role with the house any more.").waitFor();

  // A new team can be written to at once; then it cannot be deleted, and it is said what to do. An empty one goes.
  await screen(mette, "/company/teams");
  await mette.getByRole("link", { name: /Support/ }).click();
  await mette.getByRole("heading", { name: "Support", level: 1 }).waitFor();
  await mette.locator("nav.rail").getByRole("link", { name: "Write" }).click();
  await mette.locator("summary.band").click();
  await mette.getByRole("radio", { name: /Support/ }).check();
  await mette.locator("#words").fill("Who takes the phone on Friday?");
  await mette.locator(".send .btn.main").click();
  await mette.locator("#done").waitFor();
  await screen(mette, support);
  await mette.getByRole("button", { name: "Delete it" }).click();
  await accessible(mette, "department-delete");
  await mette.locator("form.sure").getByRole("button", { name: "Delete it" }).click();
  await mette.locator("main [role=alert]").waitFor();
  await screen(mette, "/company/teams");
  await mette.getByRole("textbox", { name: "Name" }).fill("For a day");
  await mette.getByRole("button", { name: "Make it" }).click();
  await mette.getByRole("heading", { name: "For a day", level: 1 }).waitFor();
  await mette.getByRole("button", { name: "Delete it" }).click();
  await mette.locator("form.sure").getByRole("button", { name: "Delete it" }).click();
  await mette.waitForURL(`${origin}/home/company/teams`);
  await mette.getByRole("link", { name: /Support/ }).waitFor();
  if ((await mette.getByRole("link", { name: /For a day/ }).count()) > 0) fault("teams", "what was deleted is there");

  // A certificate: given with what was passed, seen beside the person and by themselves, and taken back.
  await screen(mette, "/company/certificates");
  await mette.getByText("Nobody holds a certificate.").waitFor();
  await pick(mette, "To whom", "Ana", "anaf");
  await mette.getByLabel("For what").selectOption("responder");
  await mette.getByLabel("What they passed").fill("Read ten answers with Jonas");
  await accessible(mette, "certificate-give");
  await mette.getByRole("button", { name: "Give it" }).click();
  await mette.getByText("Ana Ferreira holds it from now on.").waitFor();
  await mette.locator("li.held", { hasText: "Read ten answers with Jonas" }).getByText("Answering", { exact: true }).waitFor();
  await pick(mette, "To whom", "met", "mette");
  mette.expected = /status of (403|404|409|422)/;
  await mette.getByRole("button", { name: "Give it" }).click();
  await mette.getByText("Nobody decides about their own certificates.").waitFor();
  await screen(mette, "/company/people");
  await mette.locator("li.login", { hasText: "@anaf" }).getByText("Certified: Answering").waitFor();
  await screen(ana, "/company/certificates");
  await ana.locator("li.held", { hasText: "Answering" }).getByText(/^Given by Mette Skov on/).waitFor();
  if ((await offers(ana, /Give it|Take back/).count()) > 0) fault("certificates", "who holds one may give or take them");
  await screen(ana, support);
  await ana.getByText("Owners and admins make and change teams.").waitFor();
  if ((await offers(ana, /^(Add|Save|Delete it|Take out)/).count()) > 0) fault("teams", "colleagues are offered to change them");

  // The rules of a brand ask for them; that they become weaker needs a second person.
  await screen(mette, "/company");
  await mette.locator("article.task").getByRole("link", { name: "Larkfield" }).click();
  // As many yeses as there are people to say them are too few for what one of them writes: it is said before it is saved.
  await mette.locator("label.pick", { hasText: "3 colleagues" }).click();
  await mette.getByText("waits until one more person approves").waitFor();
  await mette.locator("label.pick", { hasText: "1 colleague" }).click();
  await mette.getByRole("radio", { name: /^Certified colleagues answer at once/ }).check();
  await mette.getByRole("checkbox", { name: /^Only a yes of certified approvers counts/ }).check();
  // Nobody has shown that they can approve: it is said before it is saved.
  await mette.getByText("Nobody who approves for this brand holds a certificate for approving").waitFor();
  if (await mette.getByRole("checkbox", { name: /^Name the department behind the name/ }).isEnabled()) fault("rules", "a department is offered behind no name");
  await mette.getByLabel("The name under a post").selectOption("name");
  await mette.getByRole("checkbox", { name: /^Name the department behind the name/ }).check();
  await accessible(mette, "certified-rules");
  if (await mette.getByLabel("Why", { exact: true }).isVisible()) await mette.getByLabel("Why", { exact: true }).fill("We certify people from now on");
  await mette.getByRole("button", { name: "Save the rules" }).click();
  await mette.getByText(/The rules are saved|The rules stay as they are until/).waitFor();
  await mette.reload();
  await mette.getByRole("checkbox", { name: /^Name the department behind the name/ }).waitFor();
  if (!(await mette.getByRole("radio", { name: /^Certified colleagues answer at once/ }).isChecked())) fault("rules", "the lane is another after a reload");
  if (!(await mette.getByRole("checkbox", { name: /^Name the department/ }).isChecked())) fault("rules", "the department is forgotten");
  if (!(await mette.getByRole("checkbox", { name: /^Only a yes of certified approvers counts/ }).isChecked())) fault("rules", "certified approvers are forgotten");
  await mette.getByRole("radio", { name: /^Go out at once Who may answer/ }).check();
  await mette.getByText("Weaker rules need a second manager or owner.").waitFor();

  await screen(mette, "/company/certificates");
  await mette.getByRole("button", { name: /^Take back.*Answering, Ana Ferreira/ }).click();
  await mette.locator("form.sure").getByRole("button", { name: "Take back" }).click();
  await mette.getByText("It is taken back.").waitFor();
  await mette.getByText("Nobody holds a certificate.").waitFor();
  // All of it stands in the log, in words.
  await screen(mette, "/company/audit");
  for (const words of ["changed what Ana Ferreira may do with the house", "gave Ana Ferreira a certificate", "took the certificate of Ana Ferreira back", "A team was deleted", "A team was given another name or kind"]) await mette.locator(".act", { hasText: words }).first().waitFor();

  // Somebody who handles reports: they let in customers and lock them out, and are offered nothing of what others do.
  const idris = await at("idris");
  await screen(idris, "/company");
  for (const name of [/^People\b/, /^Teams and departments/, /^Reports/]) if ((await idris.locator("main").getByRole("link", { name }).count()) !== 1) fault("moderator", `“${name}” is not offered`);
  for (const name of ["Other servers", "Who did what", "Begin crisis mode", "Set how far it reaches"]) if ((await offers(idris, name).count()) > 0) fault("moderator", `“${name}” is offered`);
  await screen(idris, "/company/people");
  if ((await idris.locator("main [role=alert]").count()) > 0) fault("moderator", "the people cannot be read");
  if ((await idris.getByRole("radio", { name: /^A colleague/ }).count()) > 0) fault("moderator", "may invite colleagues");
  if ((await idris.locator("li.login", { hasText: "works here" }).locator("details").count()) > 0) fault("moderator", "may lock out colleagues");
  await accessible(idris, "people-moderator");
  // A report about a colleague is theirs to read and to end, but not to limit the colleague.
  const colleague = await mette.evaluate(async () => {
    const told = JSON.parse(document.getElementById("told").textContent);
    const headers = { "content-type": "application/json", "guildhall-form-token": told.form_token, "guildhall-as": told.identities[0].id };
    const { id } = await (await fetch("/api/v1/accounts/lookup?acct=anaf", { headers })).json();
    const answer = await fetch("/api/v1/reports", { method: "POST", headers, body: JSON.stringify({ account_id: id, comment: "Loud in the hall" }) });
    return (await answer.json()).target_account.display_name;
  });
  await screen(idris, "/company/reports");
  await idris.locator("article", { hasText: "Loud in the hall" }).getByRole("link", { name: /^Read it/ }).first().click();
  await idris.getByRole("heading", { name: `About ${colleague}`, level: 1 }).waitFor();
  await idris.getByRole("button", { name: "I am on it" }).click();
  await idris.getByText("You are on it.").waitFor();
  if ((await offers(idris, /^(Limit|Lock out)$/).count()) > 0) fault("moderator", "is offered to limit or lock out a colleague");
  await accessible(idris, "report-moderator");
  for (const path of ["/company/audit", "/company/servers", "/company/doctor"]) {
    await screen(idris, path);
    await idris.locator("main [role=alert]").waitFor();
  }
  await look("idris", [["company-moderator", "/company"], ["people-moderator", "/company/people"], ["certificates-own", "/company/certificates"]], folder);

  // Somebody who reads what was done for a brand: everything that they may see works, and nothing can be changed.
  const audrey = await at("audrey");
  await screen(audrey, "/company");
  if ((await offers(audrey, /^People\b/).count()) > 0) fault("auditor", "the people are offered");
  for (const path of ["/company/audit", "/company/teams", "/company/certificates", "/review", "/review/calendar"]) {
    await screen(audrey, path);
    if ((await audrey.locator("main [role=alert]").count()) > 0) fault("auditor", `${path} does not work`);
  }
  await screen(audrey, "/company/audit");
  await audrey.locator(".act").first().waitFor();
  // People are called by their names there, as far as they speak for the brand.
  await audrey.locator(".act").getByText(/ gave Jonas Holm the role /).first().waitFor();
  await screen(audrey, "/company");
  await audrey.locator("article.task").getByRole("link", { name: "Larkfield" }).click();
  await audrey.getByText("Your role lets you look at this, not change it.").first().waitFor();
  if ((await offers(audrey, /^(Save the rules|Add a topic|Give the role|Take the role away|Set how far it reaches|I agree|I do not agree)$/).count()) > 0) fault("auditor", "is offered to change a brand");
  if ((await audrey.locator("main form input:enabled, main form select:enabled").count()) > 0) fault("auditor", "may fill in rules");
  const brand = new URL(audrey.url()).pathname.slice("/home".length);
  await screen(audrey, "/company/people");
  await audrey.locator("main [role=alert]").waitFor();
  if ((await audrey.locator("main form").count()) > 0) fault("auditor", "is offered to invite");
  await look("audrey", [["company-auditor", "/company"], ["brand-auditor", brand], ["audit-auditor", "/company/audit"]], folder);

  // Certificates and teams that look like a house that is lived in.
  await screen(mette, "/company/certificates");
  for (const [part, name, role] of [["Ana", "anaf", "responder"], ["Jonas", "jonas", "approver"]]) {
    await pick(mette, "To whom", part, name);
    await mette.getByLabel("For what").selectOption(role);
    await mette.getByRole("button", { name: "Give it" }).click();
    await mette.getByText(/holds it from now on/).waitFor();
  }
  await look("mette", [["teams", "/company/teams"], ["department", workshop], ["certificates", "/company/certificates"], ["people-departments", "/company/people"], ["brand-certified", brand]], folder);
});
