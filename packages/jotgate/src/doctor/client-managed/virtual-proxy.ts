import { isIP } from 'node:net'
import { isObject } from '../../values/index.ts'
import type { Check, Outcome } from '../check.ts'
import type { ClientManagedContext } from './context.ts'

const source = 'https://help.qlik.com/en-US/sense-admin/, Virtual proxies'

/** By the numbers of QRS: `about/api/enums`. */
const engineService = 3
const running = 2

/** The other fields of the virtual proxy that decide whether a login leads to an app. */
export const virtualProxyChecks: readonly Check<ClientManagedContext>[] = [
  {
    id: 'server-host-allow-list',
    category: 'set-up',
    question: 'Does the Host allow list have the pages’ host names, as names alone?',
    needs: ['server-repository', 'server-authentication'],
    async run({ origins = [], deployment: { url }, readSetUp }) {
      const list = (await readSetUp())?.virtualProxy?.websocketCrossOriginWhiteList ?? []
      const evidence = `QRS: websocketCrossOriginWhiteList has ${list.join(', ') || 'nothing'}`
      const named = list.filter((one) => !isMalformed(one)).map((one) => one.toLowerCase())
      const names = new Set([hostOf(url), ...named])
      const outcomes = origins
        .filter((origin) => !names.has(hostOf(origin)))
        .map((origin): Outcome => {
          const malformed = list.find((one) => isMalformed(one) && one.includes(hostOf(origin)))
          return {
            verdict: 'failed',
            title:
              malformed === undefined
                ? `The Host allow list does not have ${hostOf(origin)}, where the page is`
                : `The Host allow list has “${malformed}”, which is not a host name alone`,
            evidence,
            hint: `Write ${hostOf(origin)}, without scheme, port and slash, in the QMC: Virtual proxies, Advanced, Host allow list.`,
            isMendedByApply: true,
            source:
              'https://community.qlik.com/t5/Official-Support-Articles/Qlik-Sense-Enterprise-on-Windows-Extended-WebSocket-CSRF/ta-p/2509211',
          }
        })
      if (outcomes.length > 0) return outcomes
      return [
        { verdict: 'passed', title: 'The Host allow list has every page’s host name', evidence },
      ]
    },
  },
  {
    id: 'server-engine-running',
    category: 'set-up',
    question: 'Does the virtual proxy have a node whose engine runs?',
    needs: ['server-repository'],
    async run({ readSetUp, readRepository }) {
      const nodes = (await readSetUp())?.virtualProxy?.loadBalancingServerNodes ?? []
      if (nodes.length === 0)
        return [
          {
            verdict: 'failed',
            title: 'The virtual proxy has no load balancing node: no engine would open an app',
            evidence: 'QRS: loadBalancingServerNodes is empty',
            hint: 'Add the nodes with engines in the QMC: Virtual proxies, Load balancing, Add new server node.',
            isMendedByApply: true,
            source,
          },
        ]
      const all = await readRepository('/servicestatus/full')
      const engines = (Array.isArray(all) ? all : []).filter(
        (one) =>
          isObject(one) &&
          one.serviceType === engineService &&
          isObject(one.serverNodeConfiguration) &&
          nodes.some(({ id }) => id === Object(one.serverNodeConfiguration).id),
      )
      const stopped = engines.filter((one) => one.serviceState !== running)
      if (engines.length === 0)
        return [
          { verdict: 'not-checked', title: 'The repository shows no engine’s state to this user' },
        ]
      if (stopped.length === 0)
        return [{ verdict: 'passed', title: `${engines.length} of ${engines.length} engines run` }]
      return [
        {
          verdict: stopped.length === engines.length ? 'failed' : 'warning',
          title: `${stopped.length} of ${engines.length} engines of the virtual proxy do not run`,
          evidence: `QRS: servicestatus, serviceState ${stopped.map((one) => one.serviceState).join(', ')}`,
          hint: 'Start the Qlik Sense Engine Service on these nodes (QMC: Nodes, Services), or take them from the load balancing of the virtual proxy.',
          source: 'https://help.qlik.com/en-US/sense-admin/, Services',
        },
      ]
    },
  },
  {
    id: 'server-extended-security',
    category: 'set-up',
    question: 'Is the session free of the browser’s environment, where a gateway stands in front?',
    needs: ['server-repository'],
    async run({ gateway, readSetUp }) {
      const isExtended = (await readSetUp())?.virtualProxy?.extendedSecurityEnvironment === true
      const evidence = `QRS: extendedSecurityEnvironment ${isExtended}`
      if (!isExtended || gateway === undefined)
        return [
          { verdict: 'passed', title: 'Nothing ties a session to a browser’s address', evidence },
        ]
      return [
        {
          verdict: 'warning',
          title:
            'Extended security environment is on: security rules see the gateway’s address and no browser of the user',
          evidence,
          hint: 'Switch it off in the QMC: Virtual proxies, Advanced, Extended security environment; or write no rule by `user.environment.ip`, `os`, `browser` and `device` for this virtual proxy.',
          isMendedByApply: true,
          source: 'https://help.qlik.com/en-US/sense-developer/, X-Qlik-Security',
        },
      ]
    },
  },
]

/** An IP address, a scheme, a port, a slash: none of these is a host name. */
const isMalformed = (entry: string) => /[/:\s]/.test(entry) || isIP(entry) !== 0

const hostOf = (origin: string) => new URL(origin).hostname
