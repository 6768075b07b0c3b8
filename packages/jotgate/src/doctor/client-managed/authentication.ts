import type { Check, Outcome } from '../check.ts'
import type { ClientManagedContext } from './context.ts'
import { evidenceOf } from './reach.ts'

const source = 'https://help.qlik.com/en-US/sense-admin/, JWT authentication'

/** By the number of QRS. */
const methods = [
  'Ticket',
  'Header, static directory',
  'Header, dynamic directory',
  'SAML',
  'JWT',
  'OIDC',
]
const jwt = 4

const hint =
  'In the QMC: Virtual proxies, Authentication: Authentication method JWT, Anonymous access mode “No anonymous user”. If people log in by this virtual proxy, make another one for JWT with a prefix of its own.'

/** Whether the virtual proxy takes tokens, and lets nobody in without one. */
export const authenticationChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-authentication',
    category: 'set-up',
    question: 'Does the virtual proxy take JWT?',
    needs: ['server-prefix'],
    explainedBy: ['server-repository'],
    async run({ ask, readSetUp }) {
      const { virtualProxy } = (await readSetUp()) ?? {}
      if (virtualProxy !== undefined) {
        const { authenticationMethod: method, anonymousAccessMode: anonymous = 0 } = virtualProxy
        const evidence = `QRS: authenticationMethod ${method} (${methods[method] ?? 'unknown'}), anonymousAccessMode ${anonymous}`
        if (method !== jwt)
          return [
            failed(
              `The authentication method of the virtual proxy is ${methods[method] ?? method}, not JWT`,
              evidence,
            ),
          ]
        if (anonymous === 2)
          return [
            failed(
              'The virtual proxy lets everybody in as “anonymous” and reads no token',
              evidence,
            ),
          ]
        return [{ verdict: 'passed', title: 'The authentication method is JWT', evidence }]
      }
      const answer = await ask('/hub/')
      const evidence = evidenceOf(answer)
      if (answer.status >= 300 && answer.status <= 399)
        return [
          failed(
            'The virtual proxy asks people to log in: its authentication method is not JWT',
            evidence,
          ),
        ]
      if (answer.status === 200)
        return [
          {
            ...failed(
              'The virtual proxy shows the hub to who has no session: it has anonymous access',
              evidence,
            ),
            verdict: 'warning',
          },
        ]
      return [{ verdict: 'passed', title: 'The virtual proxy wants a token', evidence }]
    },
  },
]

const failed = (title: string, evidence: string): Outcome => ({
  verdict: 'failed',
  title,
  evidence,
  hint,
  isMendedByApply: true,
  source,
})
