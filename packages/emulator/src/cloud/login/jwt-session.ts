import { Hono } from 'hono'
import { toEpochSeconds } from '../../control/clock.ts'
import { readBearer } from '../../http/bearer.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { countCall, refuseByRate, tierOf } from '../rate-limits.ts'
import { cookieStyleOf, openSessionAtLogin, toSessionCookieLines } from '../sessions/sessions.ts'
import type { UsedToken } from '../state/state.ts'
import { deadFromSecond, usedTokenKey } from './claim-rules.ts'
import { enterUser } from './enter-user.ts'
import { refuse, toFailure } from './refusals.ts'
import { claimOf, type Draft, hasClaim, isRefusal } from './rule.ts'
import { verifyToken } from './verify-token.ts'

/** Forgets the jti of tokens that are refused for their age by now. */
function forgetDeadTokens(usedTokens: Map<string, UsedToken>, nowSecond: number): void {
  // Insertion order is nearly the order of death, so this stops early and stays cheap under load.
  for (const [key, { deadFrom }] of usedTokens) {
    if (deadFrom > nowSecond) return
    usedTokens.delete(key)
  }
}

/** Whose calls a login counts among: nobody is logged in yet, but the token says who. */
function usedTokenOwner(draft: Draft): string {
  return `token ${JSON.stringify([claimOf(draft, 'iss'), claimOf(draft, 'sub')])}`
}

/** `POST /login/jwt-session`: a token for a session (qlik-cloud.md §1). No step waits, so a token cannot pass twice at once. */
export function jwtSessionRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>().post('/jwt-session', (c) => {
    const switches = cloud.switches.get()
    const token = readBearer(c.req.header('authorization'))
    if (token === undefined) return fail(c, toFailure(refuse('no-token'), switches))

    if (token.length > switches.tokenSizeLimit)
      return fail(
        c,
        toFailure(refuse('size', String(switches.tokenSizeLimit), 'tokenSizeLimit'), switches),
      )

    const now = cloud.clock.now()
    const { state } = cloud
    const verification = verifyToken(token, {
      identityProviders: [...state.identityProviders.values()].filter(
        ({ isInactive = false }) => !isInactive,
      ),
      switches,
      nowMs: now.getTime(),
      usedTokens: state.usedTokens,
    })
    c.set('recordedToken', verification.record)
    const useUp = (draft: Draft, wasRefused: boolean) => {
      forgetDeadTokens(state.usedTokens, toEpochSeconds(now))
      const deadFrom = deadFromSecond(draft, switches.defaultClockToleranceSec)
      state.usedTokens.set(usedTokenKey(draft), { deadFrom, wasRefused })
    }
    if ('refusal' in verification) {
      const { refusal, trusted } = verification
      // Only a token that comes from whom it says can use up a jti of theirs.
      if (switches.refusedTokenCounts && trusted !== undefined && hasClaim(trusted, 'jti'))
        useUp(trusted, true)
      return fail(c, toFailure(refusal, switches))
    }

    const { draft } = verification
    const { identityProvider } = draft
    if (identityProvider === undefined)
      return fail(c, toFailure(refuse('unknown-issuer'), switches))
    const isOwn = switches.loginsCountBy === 'user'
    const who = isOwn ? usedTokenOwner(draft) : 'all log-ins'
    const seconds = countCall(cloud, who, tierOf('POST', c.req.path))
    if (seconds !== undefined)
      return refuseByRate(c, seconds, isOwn ? 'rateLimits' : 'loginsCountBy')
    const user = enterUser(cloud, draft)
    if (isRefusal(user)) {
      if (switches.refusedTokenCounts) useUp(draft, true)
      return fail(c, toFailure(user, switches))
    }
    useUp(draft, false)
    const session = openSessionAtLogin(cloud, c.env.incoming, user, identityProvider.id)
    const style = cookieStyleOf(cloud, c.env.incoming)
    for (const line of toSessionCookieLines(cloud, session, style))
      c.header('set-cookie', line, { append: true })
    return c.json({})
  })
}
