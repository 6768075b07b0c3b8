import { type Context, Hono } from 'hono'
import { isObject, readJson } from '../../http/read-body.ts'
import { type Entity, newHead } from '../repository/entity.ts'
import type { Draft, EntityType } from './entities/entity-type.ts'
import { findReadable, may, type QrsEnv, type QrsSite, refuse } from './qrs-env.ts'
import { readEntity } from './read-entity.ts'
import { renderFor } from './read-routes.ts'
import { badRequest, isRefusal, type QrsRefusal, qrsTexts } from './refusal.ts'

/** The body of a request as an object. */
async function readBodyOf(c: Context<QrsEnv>): Promise<Draft | QrsRefusal> {
  const reading = await readJson(c.env.incoming)
  if ('flaw' in reading)
    return reading.flaw === 'too large'
      ? { status: 413, text: 'The body is too large' }
      : badRequest(qrsTexts.missingParameter)
  return isObject(reading.value) ? reading.value : badRequest(qrsTexts.missingParameter)
}

/** A refusal with the status that the switches give it. */
function settle(site: QrsSite, refusal: QrsRefusal): QrsRefusal {
  if (refusal.isDuplicate === undefined) return refusal
  const status = site.switches.get().qrsDuplicateStatus
  return { ...refusal, status, shapedBy: ['qrsDuplicateStatus'] }
}

/** What a change needs beside the right to update: other roles and another owner have rights of their own. */
function otherRights(before: Draft, draft: Draft): ('changeRole' | 'changeOwner')[] {
  const rights: ('changeRole' | 'changeOwner')[] = []
  if (JSON.stringify(before.roles) !== JSON.stringify(draft.roles)) rights.push('changeRole')
  const ownerOf = ({ owner }: Draft) => (owner as { id?: unknown } | null | undefined)?.id
  if (ownerOf(before) !== ownerOf(draft)) rights.push('changeOwner')
  return rights
}

/** `modifiedDate` of the body is older than what is stored: somebody else was faster. */
function conflictWith(before: Entity, modifiedDate: unknown): QrsRefusal | undefined {
  const given = Date.parse(String(modifiedDate))
  if (Number.isNaN(given)) return badRequest(qrsTexts.missingParameter)
  if (Date.parse(before.modifiedDate) <= given) return undefined
  const detail = `The entity was changed at ${before.modifiedDate}; read it again and repeat the change`
  return { status: 409, text: 'Conflict', detail }
}

/** Creates an entity. */
async function create(site: QrsSite, c: Context<QrsEnv>, type: EntityType): Promise<Response> {
  const { repository, clock, switches } = site
  const { caller } = c.env.qrs
  const by = caller.userName
  const body = await readBodyOf(c)
  if (isRefusal(body)) return refuse(c, body)
  const reading = { repository, type, now: clock.now(), by, base: type.defaults() }
  const draft = readEntity(body, reading)
  if (isRefusal(draft)) return refuse(c, draft)
  const entity = { ...draft, ...newHead(clock.now(), by) }
  const refusal = may(site, caller, 'create', { type: type.type, entity })
  if (refusal !== undefined) return refuse(c, refusal)
  const callerId = repository.users.find(caller.requester.user?.id ?? '')?.id
  const checked = type.check?.({ draft, repository, before: undefined, callerId }) ?? draft
  if (isRefusal(checked)) return refuse(c, settle(site, checked))
  const added = type.collection(repository).add(checked, { by, id: entity.id })
  return c.json(renderFor(site, c, type, added), switches.get().qrsCreateStatus)
}

/** Replaces an entity. */
async function update(
  site: QrsSite,
  c: Context<QrsEnv>,
  type: EntityType,
  id: string,
): Promise<Response> {
  const { repository, clock, switches } = site
  const { caller } = c.env.qrs
  const by = caller.userName
  const before = findReadable(site, caller, type, id)
  if (isRefusal(before)) return refuse(c, before)
  const body = await readBodyOf(c)
  if (isRefusal(body)) return refuse(c, body)
  if (String(body.id).toLowerCase() !== before.id.toLowerCase())
    return refuse(c, badRequest('The id of the body is not that of the address'))
  const base = switches.get().qrsOmittedFields === 'kept' ? { ...before } : type.defaults()
  const draft = readEntity(
    { ...kept(type, before), ...body },
    { repository, type, now: clock.now(), by, base },
  )
  if (isRefusal(draft)) return refuse(c, draft)
  for (const right of ['update', ...otherRights({ ...before }, draft)] as const) {
    const refusal = may(site, caller, right, { type: type.type, entity: before })
    if (refusal !== undefined) return refuse(c, refusal)
  }
  const conflict = conflictWith(before, body.modifiedDate)
  if (conflict !== undefined) return refuse(c, conflict)
  const given = { draft, repository, before: { ...before }, callerId: undefined }
  const checked = type.check?.(given) ?? draft
  if (isRefusal(checked)) return refuse(c, settle(site, checked))
  const replaced = type.collection(repository).replace(before.id, checked, { by })
  return c.json(renderFor(site, c, type, replaced))
}

/** References that have no default stay where a body omits them: a node of a service, a user of an access. */
function kept(type: EntityType, before: Entity): Draft {
  const stored: Draft = { ...before }
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([name, field]) =>
      field.kind === 'reference' ? [[name, stored[name]]] : [],
    ),
  )
}

function remove(site: QrsSite, c: Context<QrsEnv>, type: EntityType, id: string): Response {
  const { caller } = c.env.qrs
  const entity = findReadable(site, caller, type, id)
  if (isRefusal(entity)) return refuse(c, entity)
  const refusal =
    may(site, caller, 'delete', { type: type.type, entity }) ?? type.refuseDelete?.({ ...entity })
  if (refusal !== undefined) return refuse(c, refusal)
  type.collection(site.repository).remove(entity.id)
  return c.body(null, 204)
}

/** `POST`, `PUT` and `DELETE` of the entities of a type, as far as it has them. */
export function writeRoutes(site: QrsSite, type: EntityType): Hono<QrsEnv> {
  const routes = new Hono<QrsEnv>()
  const base = `/qrs/${type.path}`
  const { writes } = type
  if (writes.includes('create')) routes.post(base, (c) => create(site, c, type))
  if (writes.includes('update'))
    routes.put(`${base}/:id`, (c) => update(site, c, type, c.req.param('id')))
  if (writes.includes('delete'))
    routes.delete(`${base}/:id`, (c) => remove(site, c, type, c.req.param('id')))
  return routes
}
