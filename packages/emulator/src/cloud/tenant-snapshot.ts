import { emulatorError } from '../errors.ts'
import { isObject } from '../http/read-body.ts'
import { readPem } from './administration/identity-provider-payload.ts'
import type { Cloud } from './cloud.ts'
import { endSessionsWhere } from './sessions/sessions.ts'
import { type CspFlag, type CspOrigin, cspFlags } from './state/csp-origin.ts'
import {
  administratorSubject,
  type CloudState,
  createCloudState,
  type IdentityProvider,
} from './state/state.ts'

/** What a snapshot may have at most, as a file or a body: a thousand users have a third of a megabyte. */
export const maximumSnapshotBytes = 8 * 1024 * 1024
/** Each has a key that is read. */
const maximumIdentityProviders = 1000

const format = 'jotgate-emulator cloud state'
const version = 1

/**
 * What an administrator has set up in a tenant, as JSON: trust, users, groups, spaces, licences and settings.
 * Sessions, API keys, OAuth clients and tokens are not in it: it holds no secret.
 */
export type TenantSnapshot = Readonly<Record<string, unknown>>

type Kind = 'string' | 'number' | 'boolean' | 'strings'
/** The members of an entry; those that end with `?` are optional. */
type Shape = Readonly<Record<string, Kind>>

const kinds: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
}

/** The lists of a snapshot and what their entries hold; everything else is refused. */
const lists = {
  users: {
    id: 'string',
    subject: 'string',
    name: 'string',
    email: 'string',
    status: 'string',
    roleIds: 'strings',
    groupIds: 'strings',
    'picture?': 'string',
    'preferredLocale?': 'string',
    'preferredZoneinfo?': 'string',
    'inviteExpiry?': 'number',
    'clientId?': 'string',
    createdAt: 'string',
    lastUpdatedAt: 'string',
  },
  groups: {
    id: 'string',
    name: 'string',
    'description?': 'string',
    providerType: 'string',
    roleIds: 'strings',
    createdAt: 'string',
    createdBy: 'string',
    lastUpdatedAt: 'string',
    updatedBy: 'string',
  },
  identityProviders: {
    id: 'string',
    issuer: 'string',
    keyId: 'string',
    pem: 'string',
    'clockToleranceSec?': 'number',
    'isInactive?': 'boolean',
    description: 'string',
    created: 'string',
    lastUpdated: 'string',
  },
  webIntegrations: {
    id: 'string',
    name: 'string',
    validOrigins: 'strings',
    created: 'string',
    createdBy: 'string',
    lastUpdated: 'string',
  },
  cspOrigins: {
    id: 'string',
    origin: 'string',
    name: 'string',
    description: 'string',
    flags: 'strings',
    createdDate: 'string',
    modifiedDate: 'string',
  },
  spaces: {
    id: 'string',
    name: 'string',
    description: 'string',
    type: 'string',
    ownerId: 'string',
    createdAt: 'string',
    createdBy: 'string',
    updatedAt: 'string',
  },
  assignments: {
    id: 'string',
    spaceId: 'string',
    type: 'string',
    assigneeId: 'string',
    roles: 'strings',
    createdAt: 'string',
    createdBy: 'string',
    updatedAt: 'string',
    updatedBy: 'string',
    effectiveFromMs: 'number',
    refusalsLeft: 'number',
  },
  appPlaces: { appId: 'string', spaceId: 'string' },
  licences: { subject: 'string', type: 'string', created: 'string' },
} as const satisfies Record<string, Shape>

const settingsShape: Readonly<Record<keyof CloudState['settings'], Kind>> = {
  autoCreateGroups: 'boolean',
  everyoneRoleIds: 'strings',
  inactivityMinutes: 'number',
  lifespanMinutes: 'number',
  dynamicClientRegistration: 'boolean',
  clientRegistrationMethods: 'strings',
  maximumApiKeysPerUser: 'number',
  maximumApiKeyExpiry: 'string',
}

function wrong(problem: string): never {
  throw emulatorError('ERR_EMULATOR_STATE', { problem })
}

/** Reads one entry by its shape: no other member, each of its kind. */
function readEntry(value: unknown, shape: Shape, where: string): Record<string, unknown> {
  if (!isObject(value)) return wrong(`${where} is not an object`)
  const entry: Record<string, unknown> = {}
  for (const [written, kind] of Object.entries(shape)) {
    const name = written.replace('?', '')
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (member === undefined && written.endsWith('?')) continue
    if (!kinds[kind](member))
      return wrong(
        `${where}.${name} is not ${kind === 'strings' ? 'a list of strings' : `a ${kind}`}`,
      )
    entry[name] = Array.isArray(member) ? [...member] : member
  }
  const other = Object.keys(value).find(
    (name) => !Object.hasOwn(shape, name) && !Object.hasOwn(shape, `${name}?`),
  )
  if (other !== undefined) return wrong(`${where} has the unknown member ${other.slice(0, 64)}`)
  return entry
}

/** Reads a list whose entries have one member as their key. */
function readList<Entry>(
  snapshot: TenantSnapshot,
  name: keyof typeof lists,
  key: string,
): Map<string, Entry> {
  const list = snapshot[name]
  if (!Array.isArray(list)) return wrong(`${name} is not a list`)
  const entries = new Map<string, Entry>()
  for (const [index, one] of list.entries()) {
    const entry = readEntry(one, lists[name], `${name}[${index}]`)
    const id = String(entry[key])
    if (entries.has(id)) return wrong(`${name}[${index}].${key} is there twice`)
    entries.set(id, entry as Entry)
  }
  return entries
}

/** A tenant's set-up as JSON. */
export function exportTenant({ state }: Pick<Cloud, 'state'>): TenantSnapshot {
  const pick = (entry: object, shape: Shape) => {
    const names = Object.keys(shape).map((name) => name.replace('?', ''))
    return Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name)))
  }
  const list = (entries: Iterable<object>, shape: Shape) =>
    [...entries].map((entry) => pick(entry, shape))
  const { licences } = state
  return structuredClone({
    format,
    version,
    tenantId: state.tenantId,
    settings: pick(state.settings, settingsShape),
    autoAssign: {
      professional: licences.autoAssignProfessional,
      analyzer: licences.autoAssignAnalyzer,
    },
    users: list(state.users.values(), lists.users),
    groups: list(state.groups.values(), lists.groups),
    identityProviders: list(state.identityProviders.values(), lists.identityProviders),
    webIntegrations: list(state.webIntegrations.values(), lists.webIntegrations),
    cspOrigins: [...state.cspOrigins.values()].map((one) => ({ ...one, flags: [...one.flags] })),
    spaces: list(state.spaces.values(), lists.spaces),
    assignments: list(state.assignments.values(), lists.assignments),
    appPlaces: [...state.appPlaces].map(([appId, { spaceId }]) => ({ appId, spaceId })),
    licences: list(licences.assignments.values(), lists.licences),
  })
}

/** Whether a value says that it is a snapshot. What it holds is not looked at. */
export function isTenantSnapshot(value: unknown): value is TenantSnapshot {
  return isObject(value) && value.format === format
}

/** Everything that a snapshot holds, checked, as a new state. */
export function readSnapshot(
  cloud: Pick<Cloud, 'switches' | 'clock'>,
  snapshot: unknown,
): CloudState {
  if (!isTenantSnapshot(snapshot)) return wrong('it is not a tenant’s state')
  if (snapshot.version !== version) return wrong(`its version is not ${version}`)
  if (typeof snapshot.tenantId !== 'string') return wrong('tenantId is not a string')
  const users = readList<CloudState['administrator']>(snapshot, 'users', 'id')
  const administrator = [...users.values()].find(({ subject }) => subject === administratorSubject)
  if (administrator === undefined) return wrong('the emulator’s administrator is not among users')
  const switches = {
    ...cloud.switches.get(),
    pemLineBreaks: 'accepted',
    minimumKeyBits: 2048,
  } as const
  const identityProviders: CloudState['identityProviders'] = new Map()
  const providers = readList<Omit<IdentityProvider, 'publicKey' | 'certificateDates'>>(
    snapshot,
    'identityProviders',
    'id',
  )
  if (providers.size > maximumIdentityProviders)
    return wrong(`identityProviders has more than ${maximumIdentityProviders} entries`)
  for (const [id, provider] of providers) {
    const key = readPem(provider.pem, { ...switches, barePublicKey: 'accepted' })
    if ('flaw' in key) return wrong(`the identity provider ${id}: ${key.flaw}`)
    identityProviders.set(id, { ...provider, ...key })
  }
  const entries = readList<Omit<CspOrigin, 'flags'> & { flags: CspFlag[] }>(
    snapshot,
    'cspOrigins',
    'id',
  )
  for (const [id, { flags }] of entries)
    if (flags.some((flag) => !cspFlags.includes(flag)))
      return wrong(`the CSP entry ${id} has an unknown directive`)
  const autoAssign = readEntry(
    snapshot.autoAssign,
    { professional: 'boolean', analyzer: 'boolean' },
    'autoAssign',
  )
  const settings = readEntry(snapshot.settings, settingsShape, 'settings')
  return {
    ...createCloudState(cloud.clock.now()),
    tenantId: snapshot.tenantId,
    administrator,
    users,
    identityProviders,
    cspOrigins: new Map(
      [...entries].map(([id, entry]) => [id, { ...entry, flags: new Set(entry.flags) }]),
    ),
    groups: readList(snapshot, 'groups', 'id'),
    webIntegrations: readList(snapshot, 'webIntegrations', 'id'),
    spaces: readList(snapshot, 'spaces', 'id'),
    assignments: readList(snapshot, 'assignments', 'id'),
    appPlaces: readList(snapshot, 'appPlaces', 'appId'),
    licences: {
      autoAssignProfessional: autoAssign.professional === true,
      autoAssignAnalyzer: autoAssign.analyzer === true,
      assignments: readList(snapshot, 'licences', 'subject'),
    },
    settings: settings as unknown as CloudState['settings'],
  }
}

/** Puts a snapshot in the place of what the tenant knows; sessions end. Nothing changes when it is wrong. */
export function importTenant(cloud: Cloud, snapshot: unknown): void {
  const state = readSnapshot(cloud, snapshot)
  endSessionsWhere(cloud.state, () => true, 'Another state was imported')
  cloud.state = state
}
