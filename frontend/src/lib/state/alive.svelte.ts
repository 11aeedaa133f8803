/** The same, and whatever shows it hears when something of it becomes another. */
export function alive<T>(value: T): T {
  const held = $state(value);
  return held;
}
