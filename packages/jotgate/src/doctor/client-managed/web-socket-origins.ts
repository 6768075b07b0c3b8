import type { Check, Outcome } from '../check.ts'
import { connectEngine } from '../engine/engine-connection.ts'
import type { ClientManagedContext } from './context.ts'

/** Nobody’s: the name is reserved (RFC 2606). */
const foreignOrigin = 'https://attacker.example'
const source = 'https://community.qlik.com, articles 2509211 and 2539417'

/** The origin check of web sockets, as a browser meets it: with the pages’ origins, and with one that is nobody’s. */
export const webSocketOriginChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-web-socket-origins',
    category: 'data',
    question: 'Do web sockets open for the pages, and for no other?',
    needs: ['server-web-socket'],
    explainedBy: ['server-host-allow-list'],
    async run({ origins = [], logIn, transport }) {
      const { session } = await logIn()
      const isOpenFor = async (origin: string) => {
        const engine = await connectEngine({ session, appId: 'engineData', transport, origin })
        engine.close()
        return engine.state === 'open'
      }
      const outcomes: Outcome[] = []
      for (const origin of origins)
        if (!(await isOpenFor(origin)))
          outcomes.push({
            verdict: 'failed',
            title: `The proxy refuses a web socket of a page at ${origin}`,
            evidence: `web socket with Origin ${origin}: refused; with Qlik’s own: opened`,
            hint: `Add ${new URL(origin).hostname}, without scheme and port, to the Host allow list (QMC: Virtual proxies, Advanced).`,
            isMendedByApply: true,
            source,
          })
      if (await isOpenFor(foreignOrigin))
        outcomes.push({
          verdict: 'warning',
          title: 'A web socket opens for a page of any origin: the proxy checks none',
          evidence: `web socket with Origin ${foreignOrigin}: opened`,
          hint: 'Take entries such as * and whole domains from the Host allow list (QMC: Virtual proxies, Advanced), and list the host names of pages alone.',
          source,
        })
      if (outcomes.length > 0) return outcomes
      return [{ verdict: 'passed', title: 'Web sockets open for the pages alone' }]
    },
  },
]
