import { isObject } from '../../values/index.ts'
import type { EngineConnection } from './engine-connection.ts'

/** What became of opening an app. */
export interface OpenedApp {
  /** Why it was not opened: code and message of the engine. */
  readonly error?: { readonly code: number; readonly message: string }
  /** How many values its first field has for this user; undefined where that cannot be told. */
  readonly rows?: number | undefined
}

/** Opens an app, and counts what the user sees of it. */
export async function openApp(engine: EngineConnection, appId: string): Promise<OpenedApp> {
  const { error, result } = await engine.call(-1, 'OpenDoc', [appId])
  const handle = isObject(result?.qReturn) ? Number(result.qReturn.qHandle) : Number.NaN
  if (error !== undefined) return { error }
  if (!Number.isInteger(handle)) return { error: { code: 0, message: 'no app' } }
  return { rows: await countValues(engine, handle) }
}

async function countValues(engine: EngineConnection, handle: number): Promise<number | undefined> {
  const qProp = { qInfo: { qType: 'FieldList' }, qFieldListDef: {} }
  const made = await engine.call(handle, 'CreateSessionObject', [qProp])
  if (!isObject(made.result?.qReturn)) return undefined
  const read = await engine.call(Number(made.result.qReturn.qHandle), 'GetLayout', [])
  const layout = read.result?.qLayout
  const list =
    isObject(layout) && isObject(layout.qFieldList) ? layout.qFieldList.qItems : undefined
  const [first] = Array.isArray(list) ? list : []
  if (!isObject(first)) return Array.isArray(list) ? 0 : undefined
  const name = String(first.qName).replaceAll(']', ']]')
  const counted = await engine.call(handle, 'EvaluateEx', [`=Count([${name}])`])
  const value = counted.result?.qValue
  return isObject(value) && typeof value.qNumber === 'number' ? value.qNumber : undefined
}
