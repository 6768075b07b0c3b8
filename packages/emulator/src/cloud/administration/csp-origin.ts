import type { Advice } from '../../control/recorder.ts'
import { isObject } from '../../http/read-body.ts'
import { type CspOrigin, cspDirectives, cspFlags } from '../state/csp-origin.ts'
import type { CloudSwitches } from '../switch-definitions.ts'

type Content = Pick<CspOrigin, 'origin' | 'name' | 'description' | 'flags'>

/** A host with a port or a wildcard in front: what a CSP takes as a source, without scheme and path. */
const hostSource = /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?:\d{1,5}|\*))?$/i

const schemePrefix = /^(?:https?|wss?):\/\//i

/** The scheme goes when an entry is saved: scripts of Qlik's that send one find it back without. */
function withoutScheme(origin: string): string {
  return origin.replace(schemePrefix, '')
}

/** Reads the body of an entry, or says what is wrong with it. */
export function parseCspOrigin(
  body: unknown,
  { cspOriginScheme }: Pick<CloudSwitches, 'cspOriginScheme'>,
): Content | { flaw: string } {
  if (!isObject(body)) return { flaw: 'The body must be a JSON object' }
  const { origin, name = '', description = '' } = body
  if (typeof origin !== 'string' || origin === '') return { flaw: 'origin is required' }
  if (origin.length > 256) return { flaw: 'origin must have at most 256 characters' }
  const host = withoutScheme(origin)
  if (!hostSource.test(host))
    return {
      flaw: `${host} is not a host such as example.com, *.example.com or localhost:3000: write it without path or trailing slash`,
    }
  if (typeof name !== 'string' || name.length > 512)
    return { flaw: 'name must be a string of at most 512 characters' }
  if (typeof description !== 'string' || description.length > 1024)
    return { flaw: 'description must be a string of at most 1024 characters' }
  const wrong = cspFlags.find((flag) => !['undefined', 'boolean'].includes(typeof body[flag]))
  if (wrong !== undefined) return { flaw: `${wrong} must be true or false` }
  const scheme = cspOriginScheme === 'kept' ? schemePrefix.exec(origin)?.[0].toLowerCase() : ''
  return {
    origin: `${scheme ?? ''}${host}`,
    name,
    description,
    flags: new Set(cspFlags.filter((flag) => body[flag])),
  }
}

/** An entry as the API shows it. */
export function toCspResource(entry: CspOrigin): Record<string, unknown> {
  const { id, origin, name, description, flags, createdDate, modifiedDate } = entry
  return {
    id,
    name,
    description,
    origin,
    createdDate,
    modifiedDate,
    ...Object.fromEntries(cspFlags.map((flag) => [flag, flags.has(flag)])),
  }
}

/** One directive with the entries that name it: `frame-ancestors 'self' portal.example.com`. */
function toDirective(name: string, entries: Iterable<CspOrigin>): string {
  const sources = [...entries].flatMap((entry) =>
    cspFlags.flatMap((flag) => {
      if (cspDirectives[flag] !== name || !entry.flags.has(flag)) return []
      return flag === 'connectSrcWSS' ? [`wss://${withoutScheme(entry.origin)}`] : [entry.origin]
    }),
  )
  return [...new Set([name, "'self'", ...sources])].join(' ')
}

/** Who may show the tenant's pages in a frame: nobody but itself until an entry says so. */
export function toFrameAncestors(entries: Iterable<CspOrigin>): string {
  return toDirective('frame-ancestors', entries)
}

/** The whole header, as generate-header gives it. Qlik's own sources, which it names too, are not known. */
export function toPolicy(entries: Iterable<CspOrigin>): string {
  const all = [...entries]
  const names = [...new Set(Object.values(cspDirectives))]
  return names.map((name) => toDirective(name, all)).join('; ')
}

/**
 * Why browsers block a page in spite of its entry: a source without a scheme means the scheme of the tenant, or a
 * safer one (CSP 3 §6.7.2.8).
 *
 * @param page the origin of a page, as it was sent
 * @param tenant the tenant's address
 */
export function adviseOnScheme(
  page: string,
  tenant: string,
  { cspOriginScheme }: Pick<CloudSwitches, 'cspOriginScheme'>,
): Advice | undefined {
  if (cspOriginScheme === 'kept' || !tenant.startsWith('https:') || !/^http:/i.test(page))
    return undefined
  return {
    why: `The entry for ${page} has lost its scheme. The tenant is https, so browsers keep a page of http blocked.`,
    next: 'Serve the page over https. If your tenant keeps the scheme, set the switch cspOriginScheme to kept.',
  }
}
