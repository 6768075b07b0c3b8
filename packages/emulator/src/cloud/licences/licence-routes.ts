import { Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import { answerList, type Listing } from '../administration/listing.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { requireAdministrator, requireUser } from '../guards.ts'
import { licenceTypes } from '../state/licences.ts'

const badRequest = { status: 400, code: 'LICENSES-400', title: 'Bad request' }
const listing: Listing = {
  paging: { next: 'page', prev: 'page', defaultLimit: 20, maximumLimit: 100 },
  style: 'number',
  badRequest,
  filterBy: ['subject', 'type'],
  sortBy: ['subject', 'type', 'created'],
}
const units = 1000

interface Outcome {
  readonly status: number
  readonly subject?: string
  readonly type?: string
  readonly code?: string
  readonly title?: string
}

/** `/api/v1/licenses` (qlik-cloud.md §5.7): who may use the tenant. */
export function licenceRoutes(cloud: Cloud): Hono<CloudEnv> {
  const admin = requireAdministrator('number')
  const licences = () => cloud.state.licences
  const settings = () => {
    const { autoAssignProfessional, autoAssignAnalyzer } = licences()
    return { autoAssignProfessional, autoAssignAnalyzer }
  }
  const readType = (value: unknown) => licenceTypes.find((one) => one === value)
  const unknownType: Outcome = {
    status: 400,
    code: 'LICENSES-400',
    title: `type must be ${licenceTypes.join(' or ')}`,
  }
  const add = (entry: Readonly<Record<string, unknown>>): Outcome => {
    const subject =
      typeof entry.userId === 'string'
        ? cloud.state.users.get(entry.userId)?.subject
        : entry.subject
    const type = readType(entry.type)
    if (typeof subject !== 'string')
      return { status: 400, code: 'LICENSES-400', title: 'subject or a known userId is required' }
    if (type === undefined) return { ...unknownType, subject }
    if (licences().assignments.has(subject))
      return { status: 409, code: 'LICENSES-409', title: 'Assigned already', subject, type }
    const created = cloud.clock.now().toISOString()
    licences().assignments.set(subject, { subject, type, created })
    return { status: 201, subject, type }
  }
  const update = (entry: Readonly<Record<string, unknown>>): Outcome => {
    const subject = String(entry.subject)
    const known = licences().assignments.get(subject)
    const type = readType(entry.type)
    if (known === undefined)
      return { status: 404, code: 'LICENSES-404', title: 'Not assigned', subject }
    if (type === undefined) return { ...unknownType, subject }
    known.type = type
    return { status: 200, subject, type }
  }
  const remove = (entry: Readonly<Record<string, unknown>>): Outcome => {
    const subject = String(entry.subject)
    return licences().assignments.delete(subject)
      ? { status: 200, subject }
      : { status: 404, code: 'LICENSES-404', title: 'Not assigned', subject }
  }
  const actions = { add, update, delete: remove } as const

  const routes = new Hono<CloudEnv>()
    .get('/settings', admin, (c) => c.json(settings()))
    .put('/settings', admin, async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const given = isObject(body.value) ? body.value : {}
      const names = ['autoAssignProfessional', 'autoAssignAnalyzer'] as const
      const wrong = names.find(
        (name) => given[name] !== undefined && typeof given[name] !== 'boolean',
      )
      if (!isObject(body.value) || wrong !== undefined)
        return fail(
          c,
          {
            ...badRequest,
            detail: `${wrong ?? 'The body'} must be ${wrong ? 'true or false' : 'a JSON object'}`,
          },
          'number',
        )
      for (const name of names)
        if (given[name] !== undefined) licences()[name] = given[name] === true
      return c.json(settings())
    })
    .get('/overview', requireUser('number'), (c) => {
      const used = (type: string) =>
        [...licences().assignments.values()].filter((one) => one.type === type).length
      return c.json({
        licenseKey: 'emulator',
        licenseNumber: '0000000000000000',
        secondaryNumber: '',
        product: 'Qlik Sense Enterprise SaaS',
        origin: 'Internal',
        status: 'Ok',
        trial: false,
        valid: '2000-01-01/2099-12-31',
        version: '1',
        updated: cloud.state.createdAt,
        parameters: [],
        allotments: licenceTypes.map((name) => ({
          name,
          units,
          unitsUsed: used(name),
          overage: 0,
          usageClass: '',
        })),
      })
    })
    .get('/status', requireUser('number'), (c) =>
      c.json({
        deactivated: false,
        extensionStatus: 'Unavailable',
        origin: 'Internal',
        product: 'Qlik Sense Enterprise SaaS',
        status: 'Ok',
        trial: false,
        type: 'Signed',
        valid: '2000-01-01/2099-12-31',
      }),
    )
    .get('/assignments', admin, (c) => {
      const all = [...licences().assignments.values()]
      return answerList(
        cloud,
        c,
        all.map(({ subject, type, created }) => ({ subject, type, created, excess: false })),
        listing,
      )
    })
  for (const [name, act] of Object.entries(actions))
    routes.post(`/assignments/actions/${name}`, admin, async (c) => {
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const entries = isObject(body.value) ? body.value[name] : undefined
      if (!Array.isArray(entries) || !entries.every(isObject))
        return fail(c, { ...badRequest, detail: `${name} must be an array of objects` }, 'number')
      return c.json({ data: entries.map(act) }, 207)
    })
  return routes
}
