/** Which elements are selected in which field; the field selected last stands last. */
export type SelectionState = ReadonlyMap<string, ReadonlySet<number>>

export const noSelection: SelectionState = new Map()
