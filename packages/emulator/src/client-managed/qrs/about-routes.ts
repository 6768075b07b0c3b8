import { Hono } from 'hono'
import { entityTypeOf, entityTypes } from './entities/entity-types.ts'
import type { Fields } from './fields.ts'
import { finderOf, type QrsEnv, type QrsSite, refuse } from './qrs-env.ts'
import { notFound } from './refusal.ts'
import { toFull } from './render-entity.ts'

const never = '1753-01-01T00:00:00.000Z'

/** As a release of Qlik Sense answers it; `buildVersion` says whose it is. */
const about = {
  buildVersion: '30.4.0.0',
  buildDate: '10/8/2021 12:43:37 PM',
  databaseProvider: 'Devart.Data.PostgreSql',
  nodeType: 1,
  sharedPersistence: true,
  requiresBootstrap: false,
  singleNodeOnly: false,
  schemaPath: 'About',
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** Each enumeration with its values and the fields that have it. */
function listEnums(): Readonly<Record<string, { values: string[]; usages: string[] }>> {
  const enums: Record<string, { values: string[]; usages: string[] }> = {}
  const look = (owner: string, fields: Fields): void => {
    for (const [name, field] of Object.entries(fields)) {
      if (field.kind === 'part') look(field.schemaPath, field.fields)
      if (field.kind !== 'enum') continue
      const values = field.values.map((value, place) => `${place}: ${value}`)
      const known = enums[`${field.name}Enum`] ?? { values, usages: [] }
      enums[`${field.name}Enum`] = known
      known.usages.push(`${owner}.${capitalised(name)}`)
    }
  }
  for (const { type, fields } of entityTypes) look(type, fields)
  return enums
}

/** What QRS says of itself, its types and its licence. */
export function aboutRoutes(site: QrsSite): Hono<QrsEnv> {
  const routes = new Hono<QrsEnv>()
  routes.get('/qrs/about', (c) => c.json(about))
  routes.get('/qrs/about/api/enums', (c) => c.json(listEnums()))
  routes.get('/qrs/about/api/default/:type', (c) => {
    const type = entityTypeOf(c.req.param('type'))
    if (type === undefined) return refuse(c, notFound('There is no such type'))
    const head = {
      id: '00000000-0000-0000-0000-000000000000',
      createdDate: never,
      modifiedDate: never,
      modifiedByUserName: '',
    }
    return c.json(toFull(type, { ...type.defaults(), ...head }, finderOf(site)))
  })
  routes.get('/qrs/datacollection/settings', (c) =>
    c.json({ dataCollectionEnabled: false, schemaPath: 'DataCollectionSettings' }),
  )
  // No extension is installed.
  routes.get('/qrs/extension/schema', (c) => c.json({}))
  routes.get('/qrs/license', (c) =>
    c.json({
      id: '8de73ca6-4e1a-45b6-9a5a-0f6a4d3c0001',
      createdDate: never,
      modifiedDate: never,
      modifiedByUserName: '',
      name: 'jotgate-emulator',
      organization: 'jotgate-emulator',
      serial: '0000000000000000',
      isExpired: false,
      isInvalid: false,
      isBlacklisted: false,
      product: 0,
      numberOfCores: -1,
      privileges: null,
      schemaPath: 'License',
    }),
  )
  routes.get('/qrs/license/accesstypeoverview', (c) => {
    const { total, professional, analyzer } = site.repository.licence
    const access = (allocated: number) => ({
      enabled: true,
      total,
      allocated,
      used: 0,
      quarantined: 0,
      excess: 0,
      available: total - allocated,
      schemaPath: 'AccessTypeOverview.Details',
    })
    const tokens = { enabled: false, tokenCost: 0, allocatedTokens: 0, usedTokens: 0 }
    return c.json({
      totalTokens: 0,
      availableTokens: 0,
      tokensEnabled: false,
      userAccess: {
        ...tokens,
        quarantinedTokens: 0,
        schemaPath: 'AccessTypeOverview.UserAccessDetails',
      },
      loginAccess: {
        ...tokens,
        unavailableTokens: 0,
        schemaPath: 'AccessTypeOverview.LoginAccessDetails',
      },
      professionalAccess: access(professional.list().length),
      analyzerAccess: access(analyzer.list().length),
      analyzerTimeAccess: {
        enabled: false,
        allocatedMinutes: 0,
        usedMinutes: 0,
        unavailableMinutes: 0,
        schemaPath: 'AccessTypeOverview.AnalyzerTimeAccessDetails',
      },
      schemaPath: 'AccessTypeOverview',
    })
  })
  return routes
}
