import { definedOf, isObject, kindOf, listNames } from '../../values/index.ts'
import { createAuthorise } from '../authorise/create-authorise.ts'
import { gatewayErrors } from '../errors.ts'
import type { GatewayOptions, SiteOptions, UpstreamOptions } from '../options.ts'
import { readSite, type Site } from '../site.ts'

/** A site as its options say it is. */
export interface ReadSiteOptions extends Required<Pick<SiteOptions, 'identify' | 'authorise'>> {
  readonly site: Site
  /** The name of its deployment; undefined where each person has theirs. */
  readonly upstream: string | undefined
  readonly staticFilesFrom: string | undefined
  readonly loginUrl: string | undefined
  readonly sameOrigin: boolean | undefined
}

/** A deployment as its options say it is. */
export interface NamedUpstream {
  readonly name: string
  /** What its options are called in errors. */
  readonly option: string
  readonly options: UpstreamOptions
}

/** What stands at which address. */
export interface ReadSites {
  readonly sites: readonly ReadSiteOptions[]
  readonly upstreams: readonly NamedUpstream[]
  /** What is allowed, and seldom meant. */
  readonly warnings: readonly string[]
}

/** Nothing of it is read from the store. */
type Given = Omit<GatewayOptions, 'store'>

const maxSites = 100
const maxUpstreams = 100
/** The name of an upstream that has none. */
const onlyUpstream = 'upstream'

/**
 * Reads which sites a gateway has, and what is behind them.
 *
 * @throws ERR_GATEWAY_OPTION
 */
export function readSites(options: Given): ReadSites {
  const upstreams = readUpstreams(options)
  const names = upstreams.map(({ name }) => name)
  const sites = readGivenSites(options).map(({ option, given }) =>
    readOne(option, given, options, names),
  )
  checkHosts(sites)
  return { sites, upstreams, warnings: warningsOf(sites, names) }
}

function readUpstreams({ upstream, upstreams }: Given): NamedUpstream[] {
  if (upstream !== undefined && upstreams !== undefined)
    throw refused('upstreams', 'cannot be given together with `upstream`')
  if (upstreams === undefined) {
    if (!isObject(upstream))
      throw refused('upstream', `must be an object, not ${kindOf(upstream)}; or give \`upstreams\``)
    return [{ name: onlyUpstream, option: 'upstream', options: upstream }]
  }
  if (!isObject(upstreams))
    throw refused('upstreams', `must be an object with names as its keys, not ${kindOf(upstreams)}`)
  const entries = Object.entries(upstreams as Readonly<Record<string, UpstreamOptions>>)
  if (entries.length === 0) throw refused('upstreams', 'is empty: name at least one deployment')
  if (entries.length > maxUpstreams)
    throw refused('upstreams', `has more than ${maxUpstreams} deployments`)
  return entries.map(([name, given]) => {
    if (!/^[\w.-]{1,64}$/.test(name))
      throw refused('upstreams', 'must have names of 1 to 64 letters, digits, ".", "_" and "-"')
    const option = `upstreams.${name}`
    if (!isObject(given)) throw refused(option, `must be an object, not ${kindOf(given)}`)
    return { name, option, options: given }
  })
}

/** The one that the gateway's own options describe, or those of the list. */
function readGivenSites(options: Given): { option: string; given: SiteOptions }[] {
  const { sites } = options
  if (sites === undefined) {
    const { publicUrl, allowedOrigins } = options
    if (publicUrl === undefined && allowedOrigins === undefined)
      throw refused('publicUrl', 'is missing: give it and `allowedOrigins`, or `sites`')
    const { loginUrl, sameOrigin } = options
    const address = { publicUrl, allowedOrigins, ...definedOf({ loginUrl, sameOrigin }) }
    return [{ option: '', given: address as SiteOptions }]
  }
  for (const name of ofOneSite)
    if (options[name] !== undefined)
      throw refused(
        'sites',
        `cannot be given together with \`${name}\`, which then belongs to each site`,
      )
  if (!Array.isArray(sites)) throw refused('sites', `must be an array, not ${kindOf(sites)}`)
  if (sites.length === 0) throw refused('sites', 'is empty: give at least one site')
  if (sites.length > maxSites) throw refused('sites', `has more than ${maxSites} sites`)
  return sites.map((given: unknown, at) => {
    const option = `sites[${at}]`
    if (!isObject(given)) throw refused(option, `must be an object, not ${kindOf(given)}`)
    return { option: `${option}.`, given: given as unknown as SiteOptions }
  })
}

const ofOneSite = ['publicUrl', 'allowedOrigins', 'loginUrl', 'sameOrigin'] as const

function readOne(
  option: string,
  given: SiteOptions,
  options: Given,
  names: readonly string[],
): ReadSiteOptions {
  const site = readSite(given.publicUrl, given.allowedOrigins, option)
  const { identify = options.identify, authorise = options.authorise } = given
  if (identify === undefined)
    throw refused(`${option}identify`, 'is missing, for this site and for the gateway')
  const named = readName(`${option}upstream`, given.upstream, names)
  const upstream = named ?? (names.length === 1 ? names[0] : undefined)
  if (upstream === undefined && authorise === undefined)
    throw refused(
      option === '' ? 'authorise' : `${option}upstream`,
      'is missing: of several upstreams, a site names its own, or `authorise` names one for each person',
    )
  const staticFilesFrom = readName(`${option}staticFilesFrom`, given.staticFilesFrom, names)
  if (staticFilesFrom !== undefined && upstream !== undefined)
    throw refused(`${option}staticFilesFrom`, 'is for a site whose people have different upstreams')
  const { loginUrl, sameOrigin } = given
  return {
    site,
    upstream,
    staticFilesFrom,
    identify,
    loginUrl,
    sameOrigin,
    authorise: authorise ?? createAuthorise(),
  }
}

function readName(option: string, name: unknown, names: readonly string[]): string | undefined {
  if (name === undefined) return undefined
  if (typeof name !== 'string' || !names.includes(name))
    throw refused(
      option,
      names[0] === onlyUpstream && names.length === 1
        ? 'names an upstream, and there is one without a name: give `upstreams`'
        : `is not a name of \`upstreams\`: ${listNames(names, 'and')}`,
    )
  return name
}

/** A host must say which site is meant, and browsers send a cookie to all ports of a host name (RFC 6265 section 8.5). */
function checkHosts(sites: readonly ReadSiteOptions[]): void {
  const known = new Map<string, number>()
  for (const [at, { site }] of sites.entries()) {
    const { hostname } = new URL(site.publicUrl)
    const before = known.get(hostname)
    if (before !== undefined)
      throw refused(
        `sites[${at}].publicUrl`,
        `has the host name of sites[${before}]: a browser sends one site’s cookie to all ports of a host name`,
      )
    known.set(hostname, at)
  }
}

function warningsOf(sites: readonly ReadSiteOptions[], names: readonly string[]): string[] {
  const warnings: string[] = []
  const isChosen = sites.some(({ upstream }) => upstream === undefined)
  for (const name of names)
    if (!isChosen && !sites.some(({ upstream }) => upstream === name))
      warnings.push(`No site uses the upstream ${name}`)
  for (const { site } of sites)
    for (const other of sites)
      if (other.site !== site && site.allows(other.site.publicUrl))
        warnings.push(
          `Pages of ${other.site.publicUrl} may use ${site.publicUrl}: whoever may install an extension at the Qlik of the one can act at the other`,
        )
  return warnings
}

const refused = (option: string, problem: string) =>
  gatewayErrors.ERR_GATEWAY_OPTION({ option, problem })
