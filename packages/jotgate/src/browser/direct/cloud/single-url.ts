import { browserErrors } from '../../errors.ts'
import { identifyPage } from './page-identity.ts'

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

/**
 * The address of one object or sheet, for the `src` of a frame. It holds the CSRF token: give it to the
 * frame and keep it nowhere.
 */
export function toSingleUrl(place: {
  url: string
  webIntegrationId: string
  csrfToken: string
  appId: string
  single: SingleOptions
}): string {
  const { objectId, sheetId, identity, theme, options = [] } = place.single
  if ((objectId === undefined) === (sheetId === undefined))
    throw refuse('objectId', 'or sheetId must be given, and not both')
  const url = new URL('/single/', place.url)
  const add = (name: string, option: string, value: unknown) => {
    if (value === undefined) return
    if (typeof value !== 'string' || value === '' || value.length > 256 || !value.isWellFormed())
      throw refuse(option, 'must be a string of 1 to 256 characters')
    url.searchParams.set(name, value)
  }
  add('appid', 'appId', place.appId)
  add('obj', 'objectId', objectId)
  add('sheet', 'sheetId', sheetId)
  add('identity', 'identity', identity)
  add('theme', 'theme', theme)
  if (options.some((option) => typeof option !== 'string' || !/^[a-z]{1,32}$/i.test(option)))
    throw refuse('options', 'must be a list of words such as currsel')
  if (options.length > 0) url.searchParams.set('opt', options.join(','))
  identifyPage(url.searchParams, place)
  return url.href
}

const refuse = (option: string, problem: string) =>
  browserErrors.ERR_BROWSER_OPTION({ option, problem })
