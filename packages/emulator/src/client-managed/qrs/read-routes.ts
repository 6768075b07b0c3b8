import { type Context, Hono } from 'hono'
import type { Entity } from '../repository/entity.ts'
import { type RuleAction, ruleActions } from '../repository/rules/system-rule.ts'
import type { Draft, EntityType } from './entities/entity-type.ts'
import { headFields } from './fields.ts'
import { parseFilter } from './filter/parse-filter.ts'
import { parseOrder } from './order-by.ts'
import {
  finderOf,
  findReadable,
  isAllowed,
  type QrsCaller,
  type QrsEnv,
  type QrsSite,
  queryOf,
  refuse,
} from './qrs-env.ts'
import { badRequest, isRefusal, type QrsRefusal, qrsTexts } from './refusal.ts'
import { toCondensed, toFull } from './render-entity.ts'

const actions = Object.keys(ruleActions) as RuleAction[]

/** What the caller may do with an entity: names of actions in lower case. */
function privilegesOf(site: QrsSite, caller: QrsCaller, type: string, entity: Entity): string[] {
  return actions
    .filter((action) => isAllowed(site, caller, action, { type, entity }))
    .map((action) => action.toLowerCase())
}

/** An entity as an answer has it: with privileges where the query asks for them. */
export function renderFor(
  site: QrsSite,
  c: Context<QrsEnv>,
  type: EntityType,
  entity: Entity,
  form: 'full' | 'condensed' = 'full',
): Draft {
  const render = form === 'full' ? toFull : toCondensed
  const rendered = render(type, { ...entity }, finderOf(site))
  if (queryOf(c).get('privileges')?.toLowerCase() !== 'true') return rendered
  return { ...rendered, privileges: privilegesOf(site, c.env.qrs.caller, type.type, entity) }
}

/** The entities that match the query's filter and that the caller may read, in the order asked for. */
export function selectEntities(
  site: QrsSite,
  c: Context<QrsEnv>,
  type: EntityType,
  orderBy = queryOf(c).get('orderby'),
): readonly Entity[] | QrsRefusal {
  const filterText = queryOf(c).get('filter')
  const { qrsQuotes, qrsFilterNot } = site.switches.get()
  const fields = { ...headFields, ...type.fields }
  const find = finderOf(site)
  const parse = (text: string, { quotes = qrsQuotes, hasNot = qrsFilterNot } = {}) =>
    parseFilter(text, { fields, find, quotes, hasNot })
  const filter = filterText === undefined ? () => true : parse(filterText)
  if (filter === undefined) {
    const text = filterText ?? ''
    const byOthers = {
      qrsQuotes: parse(text, { quotes: 'both' }),
      qrsFilterNot: parse(text, { hasNot: true }),
    }
    const decidedBy = (['qrsQuotes', 'qrsFilterNot'] as const).find(
      (name) => byOthers[name] !== undefined,
    )
    return { ...badRequest(qrsTexts.cannotParse(text)), decidedBy }
  }
  const order = orderBy === undefined ? undefined : parseOrder(orderBy, { fields, find })
  if (orderBy !== undefined && order === undefined) return badRequest(qrsTexts.cannotParse(orderBy))
  const found = type
    .collection(site.repository)
    .list()
    .filter(
      (entity) =>
        filter({ ...entity }) &&
        isAllowed(site, c.env.qrs.caller, 'read', { type: type.type, entity }),
    )
  if (order === undefined) return found
  return found.toSorted((one, other) => order({ ...one }, { ...other }))
}

/** `GET` of the entities of a type: condensed, full, their number, one. */
export function readRoutes(site: QrsSite, type: EntityType): Hono<QrsEnv> {
  const routes = new Hono<QrsEnv>()
  const list = (c: Context<QrsEnv>, form: 'full' | 'condensed') => {
    const found = selectEntities(site, c, type)
    if ('status' in found) return refuse(c, found)
    const { qrsRecordLimit } = site.switches.get()
    return c.json(
      found.slice(0, qrsRecordLimit).map((entity) => renderFor(site, c, type, entity, form)),
    )
  }
  const base = `/qrs/${type.path}`
  routes.get(base, (c) => list(c, 'condensed'))
  routes.get(`${base}/full`, (c) => list(c, 'full'))
  routes.get(`${base}/count`, (c) => {
    const found = selectEntities(site, c, type)
    if ('status' in found) return refuse(c, found)
    const { length } = found
    return c.json(site.switches.get().qrsCountForm === 'object' ? { value: length } : length)
  })
  if (type.type === 'ProxyService')
    routes.get(`${base}/local`, (c) => {
      const central = site.repository.nodes.list().find(({ isCentral }) => isCentral)
      const local = site.repository.proxyServices
        .list()
        .find(({ serverNodeConfiguration }) => serverNodeConfiguration.id === central?.id)
      const entity = findReadable(site, c.env.qrs.caller, type, local?.id ?? '')
      return isRefusal(entity) ? refuse(c, entity) : c.json(renderFor(site, c, type, entity))
    })
  routes.get(`${base}/:id`, (c) => {
    const entity = findReadable(site, c.env.qrs.caller, type, c.req.param('id'))
    return isRefusal(entity) ? refuse(c, entity) : c.json(renderFor(site, c, type, entity))
  })
  return routes
}
