import { type Administration, isJotgateError } from '../../qlik/index.ts'
import type { MissingRight } from '../kind.ts'

const givenBy =
  'the role TenantAdmin, for the user of the API key or the bot user of the OAuth client: in Qlik’s Administration under Users'

/**
 * What the caller may not do. Who has the role TenantAdmin may do everything; of anybody else each list is asked for,
 * since other roles may give single rights.
 *
 * @param needsSpaces whether the setup has spaces
 */
export async function findMissingRights(
  administration: Administration,
  needsSpaces: boolean,
): Promise<readonly MissingRight[]> {
  if ((await administration.listOwnRoles()).includes('TenantAdmin')) return []
  const probes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['change identity providers', () => administration.listIdentityProviders()],
    ['change web integrations', () => administration.listWebIntegrations()],
    ['change the Content Security Policy', () => administration.listCspOrigins()],
    ['change the settings for groups', () => administration.getGroupSettings()],
    ...(needsSpaces ? [['change spaces', () => administration.listSpaces()] as const] : []),
  ]
  const missing: MissingRight[] = []
  for (const [what, probe] of probes)
    try {
      await probe()
    } catch (error) {
      if (!isJotgateError(error, 'ERR_QLIK_REFUSED') || error.details.status !== 403) throw error
      missing.push({ what, givenBy })
    }
  return missing
}
