import type { Context } from 'hono'
import { isObject } from '../../http/read-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail, type QlikFailure, type StatusStyle } from '../error-envelope.ts'
import { type PagingWords, toPage } from './paging.ts'
import { readJsonBody } from './request-body.ts'
import { parseFilter } from './scim-filter.ts'

/** A resource as an answer shows it. */
export type Resource = Readonly<Record<string, unknown>>

/** What a service's list can do. */
export interface Listing {
  readonly paging: PagingWords
  readonly style: StatusStyle
  /** The service's 400; the detail is added. */
  readonly badRequest: QlikFailure
  readonly filterBy?: readonly string[]
  readonly sortBy?: readonly string[]
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return String(left ?? '').localeCompare(String(right ?? ''), 'en')
}

/** Sorts by `+field,-field`; undefined when a field cannot be sorted by. */
function sortRecords(
  records: readonly Resource[],
  text: string,
  sortBy: readonly string[],
): readonly Resource[] | undefined {
  // A plus that nobody encoded arrives as a blank.
  const keys = text.split(',').map((one) => /^([+ -]?)(\w+)$/.exec(one))
  if (keys.some((key) => !sortBy.includes(key?.[2] ?? ''))) return undefined
  return [...records].sort((left, right) => {
    for (const key of keys) {
      const field = key?.[2] ?? ''
      const order = compare(left[field], right[field]) * (key?.[1] === '-' ? -1 : 1)
      if (order !== 0) return order
    }
    return 0
  })
}

/** Only the wanted fields, where `fields` names some. */
export function pickFields(record: Resource, fields: string | undefined): Resource {
  if (fields === undefined || fields === '') return record
  const names = fields.split(',').map((name) => name.trim())
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
}

/** Answers a list: filter, sort, page, fields, and `totalResults` where it is asked for. */
export function answerList(
  cloud: Cloud,
  c: Context<CloudEnv>,
  records: readonly Resource[],
  listing: Listing,
  filterText = c.req.query('filter'),
): Response {
  const { paging, style, badRequest, filterBy = [], sortBy = [] } = listing
  const wrong = (detail: string) => fail(c, { ...badRequest, detail }, style)
  const filter = filterText === undefined ? () => true : parseFilter(filterText, filterBy)
  if (filter === undefined)
    return wrong(
      `The filter is not understood. The emulator knows eq and co on ${filterBy.join(', ')}, joined by and, or`,
    )
  const found = records.filter(filter)
  const sort = c.req.query('sort')
  const sorted = sort === undefined ? found : sortRecords(found, sort, sortBy)
  if (sorted === undefined) return wrong(`sort takes ${sortBy.join(', ')}, each with + or -`)
  const fields = c.req.query('fields')
  const page = toPage(
    c,
    sorted.map((record) => pickFields(record, fields)),
    paging,
    cloud.switches.get().lastPageLink,
  )
  if ('flaw' in page) return wrong(page.flaw)
  const total = c.req.query('totalResults') === 'true' ? { totalResults: sorted.length } : {}
  return c.json({ ...page, ...total })
}

/** Answers `POST …/actions/filter`: a list whose filter stands in the body, and which is sorted by name alone. */
export async function answerFilterAction(
  cloud: Cloud,
  c: Context<CloudEnv>,
  records: () => readonly Resource[],
  listing: Listing,
): Promise<Response> {
  const body = await readJsonBody(c, listing.style)
  if ('response' in body) return body.response
  const { filter } = isObject(body.value) ? body.value : {}
  if (filter !== undefined && typeof filter !== 'string')
    return fail(c, { ...listing.badRequest, detail: 'filter must be a string' }, listing.style)
  return answerList(cloud, c, records(), { ...listing, sortBy: ['name'] }, filter)
}
