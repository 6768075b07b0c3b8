import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { SwitchValuesOf } from '../../control/switch-definition.ts'
import type { Entity } from '../repository/entity.ts'
import type { Repository } from '../repository/repository.ts'
import type { Requester } from '../repository/rules/question.ts'
import type { RequestContext, RuleAction } from '../repository/rules/system-rule.ts'
import type { EntityType } from './entities/entity-type.ts'
import type { FindEntity } from './field-reader.ts'
import type { qrsSwitches } from './qrs-switches.ts'
import { forbidden, notFound, type QrsRefusal } from './refusal.ts'

/** What QRS needs of the site. */
export interface QrsSite {
  /** Replaced as a whole by a reset: read it again for each request. */
  readonly repository: Repository
  readonly clock: { now(): Date }
  readonly switches: { get(): SwitchValuesOf<typeof qrsSwitches> }
}

/** Who asks QRS, whatever way they came. */
export interface QrsCaller {
  readonly requester: Requester
  /** `DIRECTORY\user`. */
  readonly userName: string
  readonly context: RequestContext
  /** The switch that the context comes from. */
  readonly contextBy?: 'qrsContextOfCertificate' | 'qrsContextOfProxy' | undefined
}

/** One request to QRS. */
export interface QrsCall {
  readonly caller: QrsCaller
  /** The path from `/qrs` on. */
  readonly path: string
  /** Told of a refusal, for the record of requests. */
  onRefusal(refusal: QrsRefusal): void
}

/** What handlers of QRS are given. */
export interface QrsEnv {
  Bindings: HttpBindings & { readonly qrs: QrsCall }
}

/** Answers with a refusal: its text, alone. */
export function refuse(c: Context<QrsEnv>, refusal: QrsRefusal): Response {
  c.env.qrs.onRefusal(refusal)
  return c.text(refusal.text, refusal.status as ContentfulStatusCode)
}

/** The values of the query by lower-case name: QRS takes them in any case. */
export function queryOf(c: Context<QrsEnv>): ReadonlyMap<string, string> {
  const { searchParams } = new URL(c.req.url)
  return new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]))
}

/** Finds the entities that references lead to. */
export function finderOf({ repository }: QrsSite): FindEntity {
  return (id) => {
    const found = repository.findResource(id)?.entity
    return found === undefined ? undefined : { ...found }
  }
}

/** Whether the security rules let the caller do it. */
export function isAllowed(
  { repository }: QrsSite,
  { requester, context }: QrsCaller,
  action: RuleAction,
  resource: { type: string; entity: Entity },
): boolean {
  return repository.decide({ requester, action, resource, context }).allowed
}

/** Asks the security rules for the caller, and says why they refuse. */
export function may(
  { repository }: QrsSite,
  { requester, context, contextBy }: QrsCaller,
  action: RuleAction,
  resource: { type: string; entity: Entity },
): QrsRefusal | undefined {
  const { allowed, others } = repository.decide({ requester, action, resource, context })
  if (allowed) return undefined
  const because = others.map((one) => `${one.rule.name}: ${one.because}`).join(', ')
  const elsewhere = context === 'qmc' ? 'hub' : 'qmc'
  const isByContext =
    contextBy !== undefined &&
    repository.decide({ requester, action, resource, context: elsewhere }).allowed
  const refusal = forbidden(
    `No security rule lets the caller ${action} this ${resource.type}${because === '' ? '' : ` (${because})`}`,
  )
  return isByContext ? { ...refusal, decidedBy: contextBy } : refusal
}

/** The entity of an address, when the caller may read it. */
export function findReadable(
  site: QrsSite,
  caller: QrsCaller,
  type: EntityType,
  id: string,
): Entity | QrsRefusal {
  const collection = type.collection(site.repository)
  // The address was written in any case.
  const entity =
    collection.find(id) ??
    collection.list().find((one) => one.id.toLowerCase() === id.toLowerCase())
  if (entity === undefined) return notFound(`There is no ${type.type} ${id}`)
  const refusal = may(site, caller, 'read', { type: type.type, entity })
  if (refusal === undefined) return entity
  const { detail = '', decidedBy } = refusal
  const answer = site.switches.get().qrsUnreadable === 404 ? notFound(detail) : refusal
  return { ...answer, decidedBy, shapedBy: ['qrsUnreadable'] }
}
