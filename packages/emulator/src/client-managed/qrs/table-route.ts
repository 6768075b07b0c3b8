import { Hono } from 'hono'
import { isObject, readJson } from '../../http/read-body.ts'
import type { EntityType } from './entities/entity-type.ts'
import { fieldReader } from './field-reader.ts'
import { headFields } from './fields.ts'
import { finderOf, type QrsEnv, type QrsSite, queryOf, refuse } from './qrs-env.ts'
import { selectEntities } from './read-routes.ts'
import { badRequest, qrsTexts } from './refusal.ts'

const columnLimit = 50

/** A column that is asked for: a name, and the path to a field. */
interface Column {
  readonly name: string
  readonly definition: string
}

function readColumns(body: unknown): readonly Column[] | undefined {
  if (!isObject(body) || !Array.isArray(body.columns)) return undefined
  const columns = (body.columns as readonly unknown[]).flatMap((one): Column[] => {
    if (!isObject(one) || one.columnType !== 'Property') return []
    const { name, definition } = one
    return typeof name === 'string' && typeof definition === 'string' ? [{ name, definition }] : []
  })
  const isRight = columns.length === body.columns.length && columns.length <= columnLimit
  return isRight && columns.length > 0 ? columns : undefined
}

function toCount(text: string | undefined, otherwise: number): number {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : otherwise
}

/** `POST …/table`: chosen fields of some entities, page by page; lists themselves have no pages. */
export function tableRoute(site: QrsSite, type: EntityType): Hono<QrsEnv> {
  return new Hono<QrsEnv>().post(`/qrs/${type.path}/table`, async (c) => {
    const reading = await readJson(c.env.incoming)
    const columns = 'value' in reading ? readColumns(reading.value) : undefined
    if (columns === undefined) return refuse(c, badRequest(qrsTexts.missingParameter))
    const fields = { ...headFields, ...type.fields }
    const readers = columns.map(({ definition }) =>
      fieldReader(fields, definition.split('.', 10), finderOf(site)),
    )
    const wrong = columns.find((_column, place) => readers[place] === undefined)
    if (wrong !== undefined) return refuse(c, badRequest(qrsTexts.cannotParse(wrong.definition)))
    const query = queryOf(c)
    const sorted = columns.find(({ name }) => name === query.get('sortcolumn'))?.definition
    const direction = query.get('orderascending')?.toLowerCase() === 'false' ? 'desc' : 'asc'
    const found = selectEntities(
      site,
      c,
      type,
      sorted === undefined ? undefined : `${sorted} ${direction}`,
    )
    if ('status' in found) return refuse(c, found)
    const skip = toCount(query.get('skip'), 0)
    const take = Math.min(
      toCount(query.get('take'), Number.POSITIVE_INFINITY),
      site.switches.get().qrsRecordLimit,
    )
    const rows = found.slice(skip, skip + take).map((entity) =>
      readers.map((reader) => {
        const values = reader?.read({ ...entity }) ?? []
        return values.length > 1 ? values : (values[0] ?? null)
      }),
    )
    return c.json({ columnNames: columns.map(({ name }) => name), rows }, 201)
  })
}
