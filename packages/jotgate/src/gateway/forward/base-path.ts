/**
 * Gives what of a path is below the base path of Qlik, which is the same on both sides: Qlik's clients take it from
 * the address that a page asks. Undefined for a path beside it, which would be another virtual proxy's.
 */
export type BelowBase = (path: string) => string | undefined

/** @param base empty, or a slash and a name */
export function createBelowBase(base: string): BelowBase {
  return (path) =>
    base === '' || path.startsWith(`${base}/`) ? path.slice(base.length) : undefined
}
