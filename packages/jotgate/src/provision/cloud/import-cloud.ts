import type { Administration, IdentityProvider } from '../../qlik/index.ts'
import { readOrigin, stringProblem } from '../../values/index.ts'
import { certificateIn } from '../certificate-in.ts'
import { provisionErrors } from '../errors.ts'
import type { ActualObject } from '../kind.ts'
import { setupIdIn, withoutMark } from '../mark.ts'
import { shortened, shortName } from '../shortened.ts'
import { createCspOriginKind, keyOfCspOrigin } from './csp-origin.ts'
import { keyOfProvider, withLineBreaks } from './identity-provider.ts'
import { findMissingRights } from './rights.ts'
import { createSpaceKind, type SpaceMember } from './spaces.ts'
import type { CloudSetup, CloudSpace } from './wanted.ts'
import { createWebIntegrationKind } from './web-integration.ts'

/** What `importCloud` takes. */
export interface ImportCloudOptions {
  /** The tenant’s administration, as `createAdministration` gives it. */
  administration: Administration
  /** The ID of the setup where the identity provider bears no mark: 8 to 32 of a-z and 0-9. */
  newSetupId: string
  /** Which JWT identity provider, where there are several. */
  issuer?: string | undefined
  /** The same, where several have this issuer. */
  kid?: string | undefined
  /** The name or ID of the web integration, where there are several; empty for none. */
  webIntegration?: string | undefined
  /** Hosts of CSP entries beside those of the web integration’s origins. */
  cspEntries?: readonly string[]
  /** Names of spaces that no setup has marked. */
  spaces?: readonly string[]
}

/** What a tenant says about the settings. */
export interface ImportedTenant {
  readonly issuer: string
  readonly kid: string
  /** In PEM. Omitted where Qlik has no certificate, but a public key alone. */
  readonly certificate?: string
  readonly setup: CloudSetup
  /** What the settings cannot say, a sentence each: a plan of them would change it, or leaves it alone. */
  readonly notImported: readonly string[]
}

/**
 * The settings that make a tenant what it is: of one JWT identity provider, and of what belongs to it. That is what
 * bears the same mark; and where there is no mark, the one web integration, the CSP entries of its origins, and what
 * is named. Members of a space are those of its users and groups.
 *
 * @param options see `ImportCloudOptions`
 * @throws ERR_PROVISION_IMPORT when it is not clear which object is meant, or there is none; ERR_PROVISION_RIGHTS;
 * the errors of the part `qlik`
 * @see https://qlik.dev/apis/rest/identity-providers/
 * @example
 * import { importCloud } from 'jotgate/provision'
 * import type { Administration } from 'jotgate/qlik'
 *
 * async function originsOf(administration: Administration) {
 *   const { setup } = await importCloud({ administration, newSetupId: '5f2c90ab', issuer: 'acme.example' })
 *   return setup.origins ?? []
 * }
 */
export async function importCloud(options: ImportCloudOptions): Promise<ImportedTenant> {
  const { administration, newSetupId, cspEntries = [], spaces = [] } = options
  await refuseWithoutRights(administration, false)
  const provider = chooseProvider(await administration.listIdentityProviders(), options)
  const { issuer = '', description = '', clockToleranceSec, active } = provider
  const [{ kid, pem } = { kid: '', pem: '' }] = provider.staticKeys
  const mark = setupIdIn(description)
  const readsSpaces = mark !== undefined || spaces.length > 0
  if (readsSpaces) await refuseWithoutRights(administration, true)
  const id = mark ?? newSetupId
  const common = { administration, setupId: id }
  const integration = chooseIntegration(
    await createWebIntegrationKind({ ...common, wantedKey: undefined }).list(),
    { hasMark: mark !== undefined, named: options.webIntegration },
  )
  const origins = sorted(
    (integration?.fields.origins ?? []) as readonly string[],
    (origin) => readOrigin('origin', origin).problems?.[0]?.problem,
  )
  const policy = importPolicy(
    chooseNamed(
      await createCspOriginKind(common).list(),
      cspEntries.map(keyOfCspOrigin),
      'CSP entry',
      ({ key, owner }) =>
        owner === 'unmarked' && origins.fit.some((origin) => keyOfCspOrigin(origin) === key),
    ),
    origins.fit,
  )
  const { autoCreateGroups } = await administration.getGroupSettings()
  const found = readsSpaces ? await createSpaceKind({ ...common, wantedNames: spaces }).list() : []
  const ofSpaces = importSpaces(chooseNamed(found, spaces, 'space'))
  const title = withoutMark(integration?.key ?? description)
  const titleProblem = title === '' ? undefined : stringProblem(title, 200)
  const certificate = certificateIn(withLineBreaks(pem))
  return {
    issuer,
    kid,
    ...(certificate === undefined ? {} : { certificate }),
    setup: {
      id,
      ...(title === '' || title === issuer || titleProblem !== undefined ? {} : { title }),
      ...(origins.fit.length === 0 ? {} : { origins: origins.fit }),
      ...(clockToleranceSec === undefined ? {} : { clockToleranceSeconds: clockToleranceSec }),
      ...(autoCreateGroups ? {} : { createGroups: false }),
      ...(Object.keys(policy.entries).length === 0
        ? {}
        : { contentSecurityPolicy: policy.entries }),
      // An empty list would need rights to spaces.
      ...(ofSpaces.spaces.length === 0 ? {} : { spaces: ofSpaces.spaces }),
    },
    notImported: [
      ...(active ? [] : ['The identity provider is not active: tokens of it are refused.']),
      ...(certificate === undefined
        ? [
            'Qlik has no certificate of the signing key, but something else, such as a public key alone: put the certificate of your key beside it.',
          ]
        : []),
      ...(titleProblem === undefined
        ? []
        : [`The name “${shortName(title)}” ${titleProblem}, so the issuer stands in its place.`]),
      ...origins.unfit.map(
        ([origin, problem]) => `The origin ${shortName(origin)} of the web integration ${problem}.`,
      ),
      ...policy.notImported,
      ...ofSpaces.notImported,
    ],
  }
}

async function refuseWithoutRights(administration: Administration, needsSpaces: boolean) {
  const missing = await findMissingRights(administration, needsSpaces)
  if (missing.length > 0) throw provisionErrors.ERR_PROVISION_RIGHTS({ missing })
}

function chooseProvider(
  all: readonly IdentityProvider[],
  { issuer, kid }: ImportCloudOptions,
): IdentityProvider {
  const named = (one: IdentityProvider) =>
    keyOfProvider(one.issuer ?? '', one.staticKeys[0]?.kid ?? '')
  const ofTokens = all.filter(({ protocol }) => protocol === 'jwtAuth')
  const fitting = ofTokens.filter(
    (one) =>
      (issuer === undefined || one.issuer === issuer) &&
      (kid === undefined || one.staticKeys[0]?.kid === kid),
  )
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  const problem =
    ofTokens.length === 0
      ? 'The tenant has no identity provider of the type JWT'
      : fitting.length === 0
        ? 'The tenant has no such identity provider of the type JWT, only'
        : 'The tenant has several identity providers of the type JWT'
  const found = shortened((fitting.length === 0 ? ofTokens : fitting).map(named))
  throw provisionErrors.ERR_PROVISION_IMPORT({ problem, found })
}

function chooseIntegration(
  all: readonly ActualObject[],
  { hasMark, named }: { hasMark: boolean; named: string | undefined },
): ActualObject | undefined {
  if (named === '') return undefined
  const refuse = (problem: string, found: readonly ActualObject[]) =>
    provisionErrors.ERR_PROVISION_IMPORT({
      problem,
      found: shortened(found.map(({ id, key }) => `${shortName(key)} (ID ${id})`)),
    })
  const free = all.filter(({ owner }) => owner !== 'another-setup')
  if (named !== undefined) {
    const fitting = free.filter(({ id, key }) => id === named || key === withoutMark(named))
    if (fitting.length === 1) return fitting[0]
    throw fitting.length === 0
      ? refuse('The tenant has no such web integration, only', free)
      : refuse('The tenant has several web integrations of this name', fitting)
  }
  const own = all.find(({ owner }) => owner === 'this-setup')
  if (own !== undefined || hasMark) return own
  if (free.length > 1) throw refuse('The tenant has several web integrations', free)
  return free[0]
}

/** Those of this setup, those that fit, and those that are named; each name must be there. */
function chooseNamed(
  all: readonly ActualObject[],
  names: readonly string[],
  what: string,
  fits: (one: ActualObject) => boolean = () => false,
): readonly ActualObject[] {
  const free = all.filter(({ owner }) => owner !== 'another-setup')
  const unknown = names.find((name) => !free.some(({ key }) => key === name))
  if (unknown !== undefined)
    throw provisionErrors.ERR_PROVISION_IMPORT({
      problem: `The tenant has no ${what} ${shortName(unknown)} that is of no other setup, only`,
      found: shortened(free.map(({ key }) => key)),
    })
  return free.filter((one) => one.owner === 'this-setup' || names.includes(one.key) || fits(one))
}

/** What entries allow beside that which each origin brings by itself. */
function importPolicy(found: readonly ActualObject[], origins: readonly string[]) {
  const entries: [string, readonly string[]][] = []
  const notImported: string[] = []
  for (const { key, fields } of found) {
    const origin = origins.find((one) => keyOfCspOrigin(one) === key)
    const allowed = Object.keys(fields).filter((field) => fields[field] === true)
    const directives = allowed.filter((one) => origin === undefined || one !== 'frameAncestors')
    if (directives.length === 0) continue
    const address = origin ?? `https://${key}`
    const { value } = readOrigin('origin', address)
    if (value !== undefined && keyOfCspOrigin(value) === key) entries.push([address, directives])
    else
      notImported.push(
        `The CSP entry ${shortName(key)} is of no one origin, so the settings cannot name it.`,
      )
  }
  return { entries: Object.fromEntries(entries), notImported }
}

const spaceTypes = ['shared', 'managed', 'data'] as const

function importSpaces(found: readonly ActualObject[]) {
  const notImported: string[] = []
  const spaces = found.flatMap(({ key: name, fields }, at): CloudSpace[] => {
    const { description, members } = fields
    const type = spaceTypes.find((one) => one === fields.type)
    const leave = (why: string) => {
      notImported.push(`The space ${shortName(name)} ${why}.`)
      return []
    }
    if (type === undefined) return leave(`is of the type ${shortName(String(fields.type))}`)
    if (found.findIndex(({ key }) => key === name) < at)
      return leave('has a name that occurs twice')
    const isText = stringProblem(description, 900) === undefined
    if (!isText && description !== '')
      notImported.push(`The description of the space ${shortName(name)} is not one line of text.`)
    return [
      {
        name,
        type,
        ...(isText ? { description: String(description) } : {}),
        ...(members === undefined ? {} : { members: members as readonly SpaceMember[] }),
      },
    ]
  })
  return { spaces, notImported }
}

/** Those in which there is no problem, and the others with theirs. */
function sorted(texts: readonly string[], problemOf: (text: string) => string | undefined) {
  const checked = texts.map((text) => [text, problemOf(text)] as const)
  return {
    fit: checked.flatMap(([text, problem]) => (problem === undefined ? [text] : [])),
    unfit: checked.flatMap(([text, problem]) =>
      problem === undefined ? [] : [[text, problem] as const],
    ),
  }
}
