import type { Context } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { CloudEnv } from '../cloud.ts'

/** The words a service uses for its pages. */
export interface PagingWords {
  readonly next: string
  readonly prev: string
  readonly defaultLimit: number
  readonly minimumLimit?: number
  readonly maximumLimit: number
}

/** Users, groups, identity providers. */
export const cursorPaging: PagingWords = {
  next: 'next',
  prev: 'prev',
  defaultLimit: 20,
  maximumLimit: 100,
}

/** Web integrations. */
export const keyPaging: PagingWords = {
  next: 'startingAfter',
  prev: 'endingBefore',
  defaultLimit: 10,
  minimumLimit: 0,
  maximumLimit: 100,
}

interface Link {
  readonly href: string
}

interface NoLink {
  readonly href: null
}

/** One page of a list, with absolute links, as Qlik gives them. */
export interface Page {
  readonly data: readonly unknown[]
  readonly links: {
    readonly self: Link
    readonly next?: Link | NoLink
    readonly prev?: Link | NoLink
  }
}

function toCursor(offset: number): string {
  return Buffer.from(`at:${offset}`).toString('base64url')
}

function readCursor(text: string): number | undefined {
  const digits = /^at:(\d{1,9})$/.exec(Buffer.from(text, 'base64url').toString('latin1'))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** How the links of a page look where there is no such page. */
export type EndStyle = 'absent' | 'null'

/** Cuts the page that the query asks for, or says what is wrong with the query. */
export function toPage(
  c: Context<CloudEnv>,
  items: readonly unknown[],
  words: PagingWords,
  end: EndStyle = 'absent',
): Page | { flaw: string } {
  const url = new URL(c.req.url)
  const limitText = url.searchParams.get('limit') ?? String(words.defaultLimit)
  const least = words.minimumLimit ?? 1
  const limit = /^\d{1,4}$/.test(limitText) ? Number(limitText) : -1
  if (limit < least || limit > words.maximumLimit)
    return { flaw: `limit must be a whole number from ${least} to ${words.maximumLimit}` }
  const after = url.searchParams.get(words.next)
  const before = url.searchParams.get(words.prev)
  const cursor = after ?? before
  const offset = cursor === null ? 0 : readCursor(cursor)
  if (offset === undefined) return { flaw: 'The page is unknown: follow the links as they come' }

  const linkTo = (change: (query: URLSearchParams) => void): Link => {
    const query = new URLSearchParams(url.searchParams)
    change(query)
    const text = query.toString()
    return { href: `${baseUrlOf(c.env.incoming)}${url.pathname}${text === '' ? '' : `?${text}`}` }
  }
  const linkAt = (name: string, at: number): Link =>
    linkTo((query) => {
      query.delete(words.next)
      query.delete(words.prev)
      query.set(name, toCursor(at))
    })
  const start = Math.min(offset, items.length)
  const stop = Math.min(start + limit, items.length)
  const none: NoLink = { href: null }
  const nothing = (name: 'next' | 'prev') => (end === 'null' ? { [name]: none } : {})
  return {
    data: items.slice(start, stop),
    links: {
      self: linkTo(() => {}),
      ...(stop < items.length && limit > 0 ? { next: linkAt(words.next, stop) } : nothing('next')),
      ...(start > 0 ? { prev: linkAt(words.prev, Math.max(0, start - limit)) } : nothing('prev')),
    },
  }
}
