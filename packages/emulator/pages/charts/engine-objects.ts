// What the pages call at the engine, by enigma.js or by @qlik/api: both name methods alike.

/** An object of an app: a chart or a sheet. */
export interface EngineObject {
  readonly genericType: string
  getLayout(): Promise<Readonly<Record<string, unknown>>>
  applyPatches(patches: readonly Patch[], isSoft: boolean): Promise<unknown>
}

interface Patch {
  readonly qOp: 'add'
  readonly qPath: string
  readonly qValue: string
}

/** A field of an app. */
export interface EngineField {
  select(match: string, softLock: boolean, excludedValuesMode: number): Promise<boolean>
  selectValues(
    values: readonly { qText?: string; qNumber?: number; qIsNumeric?: boolean }[],
    toggle: boolean,
    softLock: boolean,
  ): Promise<boolean>
}

/** An open app. */
export interface EngineDoc {
  getObject(id: string): Promise<EngineObject>
  getField(name: string): Promise<EngineField>
  clearAll(lockedToo: boolean): Promise<unknown>
  applyBookmark(id: string): Promise<boolean>
  getObjects(options: {
    qTypes: readonly string[]
  }): Promise<readonly { qInfo?: { qId?: string }; qMeta?: { title?: unknown } }[]>
}

/** Reads a text out of a layout, where it is one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
