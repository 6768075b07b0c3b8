/**
 * Deployments that `cloud()` and `clientManaged()` have made and frozen: they were checked, and cannot
 * have changed since.
 */
const checked = new WeakSet<object>()

/** Freezes a deployment that was checked, and remembers it. */
export function asChecked<Made extends object>(deployment: Made): Readonly<Made> {
  checked.add(deployment)
  return Object.freeze(deployment)
}

/** Whether a deployment needs no further check. Those that were made by hand do. */
export function isChecked(deployment: object): boolean {
  return checked.has(deployment)
}
