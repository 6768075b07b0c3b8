import { endSession, getCurrentUser, openSession, productFor } from 'jotgate/qlik'
import type { CloudSwitches } from 'jotgate-emulator'
import { expect } from 'vitest'
import {
  ada,
  administrationOf,
  connectPage,
  enter,
  firstWord,
  outcomeOf,
  pageOrigin,
  signFor,
} from './switch-flow.ts'
import {
  administer,
  assignAda,
  createProvider,
  enterWith,
  expectBothRefused,
  expectForeignPageRefused,
  expectSessionWorks,
  groupsOf,
  idOf,
  loggedOut,
  refusedLogin,
  type Scenario,
  secondsNow,
  withClaims,
} from './switch-provocations.ts'

/** What each switch is about, and what the product makes of each of its values. */
export const scenarios: { [Name in keyof CloudSwitches]: Scenario<CloudSwitches[Name]> } = {
  defaultClockToleranceSec: {
    about: async (context, seconds) => {
      const now = secondsNow(context)
      const result = await withClaims(context, { nbf: now - 60, exp: now - 10 })
      expect(result).toBe(seconds > 10 ? 'ok' : refusedLogin)
    },
  },
  strictSubType: {
    about: async (context, isStrict) =>
      expect(await withClaims(context, { subType: undefined })).toBe(
        isStrict ? refusedLogin : 'ok',
      ),
  },
  unverifiedEmail: {
    about: async (context, value) => {
      const token = await signFor(context.tenant, { ...ada, emailVerified: false })
      expect(await enterWith(context, token)).toBe(value === 'refused' ? refusedLogin : 'ok')
    },
  },
  emailVerifiedString: {
    about: async (context, value) =>
      expect(await withClaims(context, { email_verified: 'true' })).toBe(
        value === 'refused' ? refusedLogin : 'ok',
      ),
  },
  secondLogin: {
    about: async (context) => {
      await expectSessionWorks(context)
      await expectSessionWorks(context)
    },
  },
  cspOriginScheme: { about: expectSessionWorks },
  trustRefusalStatus: {
    about: async (context) => {
      const now = secondsNow(context)
      const times = { nbf: now - 9000, exp: now - 8000 }
      await expectBothRefused(context, times, 'ERR_BROWSER_CLOCK')
      await expectBothRefused(context, { iss: 'nobody.example' })
    },
  },
  claimRefusalStatus: { about: (context) => expectBothRefused(context, { aud: 'elsewhere' }) },
  originRefusalStatus: { about: expectForeignPageRefused },
  originRefusalHeaders: { about: expectForeignPageRefused },
  preflight: { about: expectForeignPageRefused },
  refreshUserAtLogin: {
    about: async ({ tenant }, follows) => {
      await enter(tenant)
      const session = await enter(tenant, { ...ada, name: 'Ada King' })
      const { name } = await getCurrentUser({ session })
      expect(name).toBe(follows ? 'Ada King' : 'Ada Lovelace')
    },
  },
  missingGroupsClaim: {
    about: async (context, value) => {
      expect(await groupsOf(context, { groups: ['sales'] })).toEqual(['sales'])
      expect(await groupsOf(context, {})).toEqual(value === 'keeps' ? ['sales'] : [])
    },
  },
  refuseSameEmail: {
    about: async (context, refuses) => {
      await enter(context.tenant)
      const token = await signFor(context.tenant, { ...ada, subject: 'acme|other' })
      expect(await enterWith(context, token)).toBe(refuses ? refusedLogin : 'ok')
    },
  },
  cookieAttributes: { about: expectSessionWorks },
  usersMeStatus: { about: expectSessionWorks },
  csrfErrorShape: {
    about: async ({ tenant, webIntegrationId }) => {
      const { connection, network } = await connectPage(tenant, { webIntegrationId })
      // Another tab logs in: the cookies are of a new session, the first tab's CSRF token of the old.
      await connectPage(tenant, { webIntegrationId, network })
      const answer = await connection.fetch('/api/v1/api-keys/none', { method: 'DELETE' })
      expect(answer.status).toBe(404)
    },
  },
  webSocketRefusal: {
    about: async ({ tenant }, value) => {
      const session = await enter(tenant)
      await endSession({ session })
      const word = await firstWord(tenant, session)
      const { isSessionLost } = productFor(tenant.deployment)
      const number = Number(word.split(' ')[1])
      expect(word).toBe(value === 'http' ? 'refused 401' : 'closed 4006')
      expect(isSessionLost(value === 'http' ? { status: number } : { closeCode: number })).toBe(
        true,
      )
    },
  },
  webSocketKeepsSession: {
    about: async ({ tenant }, keeps) => {
      const session = await enter(tenant)
      const word = await firstWord(tenant, session, async (ask) => {
        tenant.emulator.clock.advance(20 * 60)
        await ask()
        tenant.emulator.clock.advance(20 * 60)
      })
      expect(word).toBe('SESSION_CREATED')
      const result = await outcomeOf(() => getCurrentUser({ session }))
      expect(result).toBe(keeps ? 'ok' : loggedOut)
    },
  },
  restKeepsSession: {
    about: async ({ tenant }, keeps) => {
      const session = await enter(tenant)
      tenant.emulator.clock.advance(20 * 60)
      await getCurrentUser({ session })
      tenant.emulator.clock.advance(20 * 60)
      const result = await outcomeOf(() => getCurrentUser({ session }))
      expect(result).toBe(keeps ? 'ok' : loggedOut)
    },
  },
  // The product always sends the certificate, and that in one line.
  pemLineBreaks: {
    about: async (context) => expect(await createProvider(context, 'other', 'other')).toBe('ok'),
  },
  barePublicKey: {
    about: async (context) => expect(await createProvider(context, 'other', 'other')).toBe('ok'),
  },
  sameIssuerOtherKeyId: {
    about: async (context, value) => {
      const result = await createProvider(context, context.tenant.deployment.issuer, 'next')
      expect(result).toBe(value === 'refused' ? 'ERR_QLIK_REFUSED' : 'ok')
    },
  },
  certificateDates: {
    about: async (context, value) => {
      const { clock } = context.tenant.emulator
      clock.set(new Date('2099-01-01'))
      expect(await withClaims(context, {})).toBe(value === 'checked' ? refusedLogin : 'ok')
    },
  },
  deletedProviderEndsSessions: {
    about: async ({ tenant }, ends) => {
      const session = await enter(tenant)
      const administration = administrationOf(tenant)
      for (const { id } of await administration.listIdentityProviders())
        await administration.deleteIdentityProvider(id)
      const result = await outcomeOf(() => getCurrentUser({ session }))
      expect(result).toBe(ends ? loggedOut : 'ok')
    },
  },
  identityProviderLimit: {
    about: async (context, limit) => {
      const result = await createProvider(context, 'other', 'other')
      expect(result).toBe(limit === 1 ? 'ERR_QLIK_REFUSED' : 'ok')
    },
  },
  minimumKeyBits: {
    // The product makes keys of 3072 bits.
    flow: (bits) => (bits > 3072 ? { register: 'ERR_PROVISION_STOPPED' } : {}),
    about: async (context, bits) => {
      if (bits <= 3072) await expectSessionWorks(context)
    },
  },
  algorithms: { about: expectSessionWorks },
  replayedToken: {
    about: async (context, value) => {
      const token = await signFor(context.tenant)
      expect(await enterWith(context, token)).toBe('ok')
      expect(await enterWith(context, token)).toBe(value === 'refused' ? refusedLogin : 'ok')
    },
  },
  refusedTokenCounts: {
    about: async (context, counts) => {
      expect(await withClaims(context, { jti: 'one', aud: 'elsewhere' })).toBe(refusedLogin)
      expect(await withClaims(context, { jti: 'one' })).toBe(counts ? refusedLogin : 'ok')
    },
  },
  futureIssuedAt: {
    about: async (context, value) => {
      const result = await withClaims(context, { iat: secondsNow(context) + 600 })
      expect(result).toBe(value === 'refused' ? refusedLogin : 'ok')
    },
  },
  missingEmail: {
    about: async (context, value) => {
      const result = await withClaims(context, { email: undefined, email_verified: undefined })
      expect(result).toBe(value === 'refused' ? refusedLogin : 'ok')
    },
  },
  groupsPerTokenLimit: {
    about: async (context, limit) => {
      const result = await withClaims(context, { groups: ['sales', 'press'] })
      expect(result).toBe(limit < 2 ? refusedLogin : 'ok')
    },
  },
  tokenSizeLimit: {
    flow: (limit) =>
      limit > 2000
        ? {}
        : {
            openSession: refusedLogin,
            getCurrentUser: 'skipped',
            engine: 'skipped',
            endSession: 'skipped',
            afterwards: 'skipped',
            connect: 'ERR_BROWSER_LOGIN_REFUSED',
            user: 'skipped',
            logout: 'skipped',
          },
    about: async (context, limit) => {
      const groups = Array.from({ length: 200 }, (_, number) => `a group of Ada’s ${number}`)
      const token = await signFor(context.tenant, { ...ada, groups })
      expect(await enterWith(context, token)).toBe(token.length > limit ? refusedLogin : 'ok')
    },
  },
  groupsWhileCreationIsOff: {
    about: async (context, value) => {
      await groupsOf(context, { groups: ['sales'] })
      const off = [{ op: 'replace', path: '/autoCreateGroups', value: false }]
      await administer(context, 'PATCH', '/api/v1/groups/settings', off)
      const groups = await groupsOf(context, { groups: ['sales', 'press'] })
      expect(groups).toEqual(value === 'known' ? ['sales'] : [])
    },
  },
  disabledUserStatus: {
    about: async (context) => {
      const session = await enter(context.tenant)
      const disabled = [{ op: 'replace', path: '/status', value: 'disabled' }]
      await administer(context, 'PATCH', `/api/v1/users/${idOf(context, ada.subject)}`, disabled)
      expect(await outcomeOf(() => getCurrentUser({ session }))).toBe(loggedOut)
      await expectBothRefused(context, {})
    },
  },
  invitedUserLogin: {
    about: async (context, value) => {
      await administer(context, 'POST', '/api/v1/users', { subject: ada.subject })
      context.tenant.emulator.clock.advance(30 * 24 * 3600)
      expect(await withClaims(context, {})).toBe(value === 'activates' ? 'ok' : refusedLogin)
    },
  },
  // The product never logs anybody in interactively: whatever that does, tokens go on.
  interactiveSameEmail: { about: expectSessionWorks },
  loginErrorBody: { about: (context) => expectBothRefused(context, { aud: 'elsewhere' }) },
  unauthorizedBody: {
    about: async ({ tenant }) => {
      const { deployment } = tenant
      const wrong = { ...tenant, emulator: { ...tenant.emulator, adminKey: 'wrong' }, deployment }
      const list = () => administrationOf(wrong).listIdentityProviders()
      expect(await outcomeOf(list)).toBe(loggedOut)
    },
  },
  balancerCookies: {
    about: async (context, isSet) => {
      await expectSessionWorks(context)
      const { network } = await connectPage(context.tenant, context)
      expect(network.cookies.has('AWSALBCORS')).toBe(isSet)
    },
  },
  cookieDomain: { about: expectSessionWorks },
  corsAllowHeaders: {
    about: async ({ tenant, webIntegrationId }) => {
      const { connection } = await connectPage(tenant, { webIntegrationId })
      const headers = { 'qlik-api-version': 'latest' }
      expect((await connection.fetch('/api/v1/items', { headers })).status).toBe(200)
    },
  },
  integrationWithoutOrigin: { about: expectSessionWorks },
  csrfOnReads: {
    about: async ({ tenant, webIntegrationId }) => {
      const { connection } = await connectPage(tenant, { webIntegrationId })
      const answer = await connection.fetch('/api/v1/api-keys/none', { method: 'DELETE' })
      expect(answer.status).toBe(404)
    },
  },
  lastPageLink: {
    about: async ({ tenant }) => {
      const administration = administrationOf(tenant)
      for (let number = 1; number <= 24; number += 1)
        await administration.createWebIntegration({
          name: `site ${number}`,
          validOrigins: [`https://${number}.example`],
        })
      expect(await administration.listWebIntegrations()).toHaveLength(25)
    },
  },
  logoutEndsSession: {
    // A server keeps the cookies that the answer takes away, and no answer tells that they still count.
    flow: (ends) => (ends ? {} : { afterwards: 'ok' }),
    about: async ({ tenant, webIntegrationId }) => {
      const { connection, network } = await connectPage(tenant, { webIntegrationId })
      await connection.logout()
      expect([...network.cookies.keys()]).not.toContain('eas.sid')
      expect(await outcomeOf(connection.user)).toBe('ERR_BROWSER_LOGGED_OUT')
    },
  },
  logoutAnswer: {
    about: async ({ tenant }) => {
      const session = await enter(tenant)
      await endSession({ session })
      expect(await outcomeOf(() => getCurrentUser({ session }))).toBe(loggedOut)
    },
  },
  defaultEngineTtlSec: {
    about: async ({ tenant }, seconds) => {
      const session = await enter(tenant)
      expect(await firstWord(tenant, session)).toBe('SESSION_CREATED')
      const expected = seconds === 0 ? 'SESSION_CREATED' : 'SESSION_ATTACHED'
      // The end of the first socket reaches the engine a moment after we have forgotten it.
      await expect.poll(() => firstWord(tenant, session)).toBe(expected)
    },
  },
  spaceAccessDelaySec: {
    about: async (context, seconds) => {
      await assignAda(context)
      const session = await enter(context.tenant)
      const first = await firstWord(context.tenant, session)
      expect(first).toBe(seconds === 0 ? 'SESSION_CREATED' : 'closed 4203')
      context.tenant.emulator.clock.advance(seconds)
      expect(await firstWord(context.tenant, session)).toMatch(/^SESSION_(CREATED|ATTACHED)$/)
    },
  },
  spaceAccessDelayRequests: {
    about: async (context, requests) => {
      await assignAda(context)
      const session = await enter(context.tenant)
      for (let number = 0; number < requests; number += 1)
        expect(await firstWord(context.tenant, session)).toBe('closed 4203')
      expect(await firstWord(context.tenant, session)).toBe('SESSION_CREATED')
    },
  },
  noLicence: {
    about: async (context, value) => {
      const off = { autoAssignProfessional: false, autoAssignAnalyzer: false }
      await administer(context, 'PUT', '/api/v1/licenses/settings', off)
      const session = await enter(context.tenant)
      expect((await getCurrentUser({ session })).subject).toBe(ada.subject)
      expect(await firstWord(context.tenant, session)).toBe(
        value === 'close' ? 'closed 4230' : 'SESSION_ERROR_NO_LICENSE, closed 4230',
      )
    },
  },
  rateLimits: {
    about: async ({ tenant }, value) => {
      const administration = administrationOf(tenant)
      let result = 'ok'
      // 500 writes in five minutes; the set-up before has taken a few of them.
      for (let number = 0; number < 501 && result === 'ok'; number += 1)
        result = await outcomeOf(() => administration.deleteWebIntegration('none')).then((code) =>
          code === 'ERR_QLIK_REFUSED' ? 'ok' : code,
        )
      expect(result).toBe(value === 'documented' ? 'ERR_QLIK_RATE_LIMITED' : 'ok')
      tenant.emulator.clock.advance(301)
      expect(await administration.listWebIntegrations()).toHaveLength(1)
      expect((await administration.listWebIntegrations())[0]?.validOrigins).toEqual([pageOrigin])
    },
  },
  loginsCountBy: {
    about: async ({ tenant }, value) => {
      const { deployment, signer } = tenant
      let result = 'ok'
      for (let number = 0; number < 501 && result === 'ok'; number += 1) {
        const subject = number % 2 === 0 ? 'carl' : 'dora'
        const user = { subject, name: subject, email: `${subject}@acme.example` }
        const { token } = await signer.sign(user)
        result = await outcomeOf(() => openSession({ deployment, token }))
      }
      expect(result).toBe(value === 'everyone' ? 'ERR_QLIK_RATE_LIMITED' : 'ok')
    },
  },
}
