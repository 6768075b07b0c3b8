import type { Context } from 'hono'
import type { CloudEnv } from '../cloud.ts'
import { baseUrlOf } from '../host-check.ts'

/** The words a service uses for its pages. */
export interface PagingWords {
  readonly next: string
  readonly prev: string
  readonly defaultLimit: number
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
  maximumLimit: 100,
}

interface Link {
  readonly href: string
}

/** One page of a list, with absolute links, as Qlik gives them. */
export interface Page {
  readonly data: readonly unknown[]
  readonly links: { readonly self: Link; readonly next?: Link; readonly prev?: Link }
}

function toCursor(offset: number): string {
  return Buffer.from(`at:${offset}`).toString('base64url')
}

function readCursor(text: string): number | undefined {
  const digits = /^at:(\d{1,9})$/.exec(Buffer.from(text, 'base64url').toString('latin1'))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Cuts the page that the query asks for, or says what is wrong with the query. */
export function toPage(
  c: Context<CloudEnv>,
  items: readonly unknown[],
  words: PagingWords,
): Page | { flaw: string } {
  const url = new URL(c.req.url)
  const limitText = url.searchParams.get('limit') ?? String(words.defaultLimit)
  const limit = /^\d{1,4}$/.test(limitText) ? Number(limitText) : 0
  if (limit < 1 || limit > words.maximumLimit)
    return { flaw: `limit must be a whole number from 1 to ${words.maximumLimit}` }
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
  const end = Math.min(start + limit, items.length)
  return {
    data: items.slice(start, end),
    links: {
      self: linkTo(() => {}),
      ...(end < items.length ? { next: linkAt(words.next, end) } : {}),
      ...(start > 0 ? { prev: linkAt(words.prev, Math.max(0, start - limit)) } : {}),
    },
  }
}
