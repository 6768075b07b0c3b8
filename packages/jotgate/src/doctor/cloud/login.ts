import { isJotgateError } from '../../errors/index.ts'
import { siteOf } from '../../gateway/index.ts'
import { getCsrfToken } from '../../qlik/index.ts'
import type { Check } from '../check.ts'
import type { CloudContext } from './cloud-context.ts'
import { nobody } from './known-user.ts'
import { refusedInWords } from './known-words.ts'

const refusals = [
  'ERR_QLIK_LOGIN_REFUSED',
  'ERR_QLIK_NOT_LOGGED_IN',
  'ERR_QLIK_REFUSED',
  'ERR_QLIK_RATE_LIMITED',
] as const

/** The test login, and what a browser would keep of it. */
export const loginChecks: readonly Check<CloudContext>[] = [
  {
    id: 'cloud-login',
    category: 'login',
    question: 'Does a token open a session?',
    needs: ['cloud-user'],
    explainedBy: ['network-clock', 'key-certificate', 'cloud-identity-provider'],
    async run({ user, logIn, administrator, testUser }) {
      if (user === undefined) return [nobody]
      try {
        await logIn()
        return [{ verdict: 'passed', title: `A token of ${user.subject} opened a session` }]
      } catch (error) {
        // Where Qlik does not work or is not reached, it has refused nobody.
        if (!isJotgateError(error) || !refusals.some((code) => isJotgateError(error, code)))
          throw error
        const { groups = [] } = await testUser()
        const likely =
          administrator === undefined
            ? 'Compare issuer, key ID and certificate of the tenant’s JWT identity provider with those of the deployment, character for character; with an API key doctor does it.'
            : `The identity provider fits, and the clocks too. Sign shorter and smaller tokens when there are many groups (${groups.length} here), and look whether the tenant takes this algorithm: Qlik documents RS256.`
        return [refusedInWords(error, `Qlik refuses the login of ${user.subject}`, likely)]
      }
    },
  },
  {
    id: 'cloud-csrf-token',
    category: 'login',
    question: 'Does the session have a CSRF token?',
    needs: ['cloud-login'],
    async run({ logIn, transport, timeoutMs }) {
      const { session } = await logIn()
      const how = transport === undefined ? { timeoutMs } : { fetch: transport.fetch, timeoutMs }
      const token = await getCsrfToken({ session, ...how })
      if (token === session.csrfToken)
        return [{ verdict: 'passed', title: 'The CSRF token is the one of the login’s cookie' }]
      return [
        {
          verdict: 'warning',
          title: 'The CSRF token is another one than the login’s cookie has',
          evidence: 'GET /api/v1/csrf-token answers with another value than the cookie _csrfToken',
          hint: 'Programs that take it from the cookie, as Qlik’s samples do, are refused with CSRF-TOKEN-2: ask for it before each write.',
          source: 'https://qlik.dev/apis/rest/csrf-token/',
        },
      ]
    },
  },
  {
    id: 'cloud-cookie',
    category: 'login',
    question: 'Does a browser keep and send the session’s cookie for the pages?',
    needs: ['cloud-login'],
    async run({ origins = [], deployment: { url }, logIn }) {
      const { cookies } = await logIn()
      const session = cookies.find((line) => /^eas\.sid;/.test(`${line};`)) ?? cookies[0] ?? ''
      const isElsewhere = origins.some((origin) => siteOf(origin) !== siteOf(url))
      if (!isElsewhere)
        return [{ verdict: 'passed', title: 'No page of another site needs the cookie' }]
      const evidence = `Set-Cookie: ${session}`
      if (!/;\s*SameSite=None\b/i.test(session) || !/;\s*Secure\b/i.test(session))
        return [
          {
            verdict: 'failed',
            title: 'Browsers do not send the session’s cookie from pages of another site',
            evidence,
            hint: 'After a login that works the next call is answered with 401: “Third-party cookies are not enabled in your browser settings and/or browser mode”. Let the pages go through the gateway, whose cookie is of their own site.',
            source: 'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/',
          },
        ]
      return [
        {
          verdict: 'passed',
          title:
            'The cookie is sent to other sites by browsers that allow third-party cookies; a gateway works in all',
          evidence,
        },
      ]
    },
  },
]
