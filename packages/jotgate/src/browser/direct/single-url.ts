import { assertQlikId } from '../../protocol/index.ts'
import { optionError } from '../immediate-errors.ts'

/** What a frame shows: one object or one sheet of an app, and how. */
export interface SingleOptions {
  /** The object's ID. Either this or `sheetId`. */
  objectId?: string
  sheetId?: string
  /** The name of the engine session: with that of your own web socket, selections are shared. */
  identity?: string
  /** The ID of a theme. */
  theme?: string
  /** Qlik's own switches, such as `ctxmenu` and `currsel`. */
  options?: readonly string[]
}

/** The address of one object or sheet, for the `src` of a frame, without what names the page to Qlik. */
export function toSingleUrl(base: string, appId: string, single: SingleOptions): URL {
  const { objectId, sheetId, identity, theme, options } = single
  assertQlikId('appId', appId, optionError)
  if (!objectId === !sheetId)
    throw optionError({ option: 'objectId', problem: 'or sheetId must be given, and not both' })
  const url = new URL(`${base}/single/`)
  const query = {
    appid: appId,
    obj: objectId,
    sheet: sheetId,
    identity,
    theme,
    opt: options?.join(),
  }
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value)
  return url
}
