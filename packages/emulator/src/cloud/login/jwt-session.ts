import { Hono } from 'hono'
import { toEpochSeconds } from '../../control/clock.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { fail } from '../error-envelope.ts'
import { readBearer } from '../sessions/caller.ts'
import { openSession, toSessionCookieLines } from '../sessions/sessions.ts'
import { deadFromSecond, usedTokenKey } from './claim-rules.ts'
import { enterUser } from './enter-user.ts'
import { judgeToken } from './judge.ts'
import { refuse, toFailure } from './refusals.ts'
import { isRefusal } from './rule.ts'

/** Forgets the jti of tokens that are refused for their age by now. */
function forgetDeadTokens(usedTokens: Map<string, number>, nowSecond: number): void {
  // Insertion order is nearly the order of death, so this stops early and stays cheap under load.
  for (const [key, deadFrom] of usedTokens) {
    if (deadFrom > nowSecond) return
    usedTokens.delete(key)
  }
}

/** `POST /login/jwt-session`: a token for a session (qlik-cloud.md §1). No step waits, so a token cannot pass twice at once. */
export function jwtSessionRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>().post('/jwt-session', (c) => {
    const switches = cloud.switches.get()
    const token = readBearer(c.req.header('authorization'))
    if (token === undefined) return fail(c, toFailure(refuse('no-token'), switches))

    const now = cloud.clock.now()
    const { state } = cloud
    const judgement = judgeToken(token, {
      identityProviders: [...state.identityProviders.values()],
      switches,
      nowMs: now.getTime(),
      usedTokens: state.usedTokens,
    })
    c.set('judgedToken', judgement.record)
    if ('refusal' in judgement) return fail(c, toFailure(judgement.refusal, switches))

    const { draft } = judgement
    const { identityProvider } = draft
    const user = enterUser(cloud, draft)
    if (isRefusal(user)) return fail(c, toFailure(user, switches))
    if (identityProvider === undefined)
      return fail(c, toFailure(refuse('unknown-issuer'), switches))

    forgetDeadTokens(state.usedTokens, toEpochSeconds(now))
    state.usedTokens.set(
      usedTokenKey(draft),
      deadFromSecond(draft, switches.defaultClockToleranceSec),
    )
    const session = openSession(cloud, user, identityProvider.id)
    for (const line of toSessionCookieLines(cloud, session))
      c.header('set-cookie', line, { append: true })
    return c.json({})
  })
}
