import { isIP } from 'node:net'
import { systemCode } from '../../files/index.ts'
import type { Check, Outcome } from '../check.ts'
import { openTcp } from './connection.ts'
import type { NetworkContext } from './network-context.ts'

const proxyHint =
  'HTTPS_PROXY and HTTP_PROXY of the environment name the proxy server, NO_PROXY what is reached without it.'

/** Whether the name has an address, and something listens there. */
export const reachChecks: readonly Check<NetworkContext>[] = [
  {
    id: 'network-name',
    category: 'network',
    question: 'Does the host name have an address?',
    needs: [],
    async run({ target, proxyServer, lookup }) {
      const name = (proxyServer ?? target).hostname.replace(/^\[(.*)\]$/, '$1')
      if (isIP(name) !== 0) return [{ verdict: 'passed', title: `${name} is an address itself` }]
      const whose = proxyServer === undefined ? '' : ' of the proxy server'
      try {
        const found = await lookup(name)
        const evidence = `DNS: ${found.map(({ address }) => address).join(', ')}`
        return [{ verdict: 'passed', title: `The name ${name}${whose} has an address`, evidence }]
      } catch (error) {
        return [
          {
            verdict: 'failed',
            title: `The host name ${name}${whose} has no address`,
            evidence: `DNS: ${systemCode(error)}`,
            hint:
              proxyServer === undefined
                ? 'Compare `url` of the deployment with the address that a browser shows, letter by letter, its region too. When a browser on this machine finds it, it uses a proxy server: set HTTPS_PROXY.'
                : proxyHint,
            source: 'RFC 1034',
          },
        ]
      }
    },
  },
  {
    id: 'network-connection',
    category: 'network',
    question: 'Can a connection be opened?',
    needs: ['network-name'],
    async run(context) {
      const { target, proxyServer } = context
      const port = target.port || (target.protocol === 'https:' ? '443' : '80')
      const opened = await openTcp(context)
      if ('socket' in opened) {
        opened.socket.destroy()
        const through =
          proxyServer === undefined ? '' : `, through the proxy server ${proxyServer.host}`
        return [{ verdict: 'passed', title: `Port ${port} takes connections${through}` }]
      }
      const { reason } = opened
      if (proxyServer !== undefined) return [proxyRefusal(target, proxyServer, reason)]
      const { title, hint } = reasons[reason] ?? {
        title: `No connection to ${target.host} can be opened`,
        hint: 'Look at the network and the firewall between this machine and Qlik.',
      }
      return [
        {
          verdict: 'failed',
          title: title.replace('HOST', `${target.hostname}:${port}`),
          evidence: `TCP: ${reason}`,
          hint,
        },
      ]
    },
  },
]

const reasons: Readonly<Record<string, { readonly title: string; readonly hint: string }>> = {
  ECONNREFUSED: {
    title: 'Nothing listens at HOST',
    hint: 'Compare the port of `url` with the one that a browser uses. On client-managed Qlik see that the proxy service runs.',
  },
  ETIMEDOUT: {
    title: 'HOST does not answer',
    hint: 'A firewall drops the packets, or the way out leads through a proxy server alone: set HTTPS_PROXY.',
  },
  ECONNRESET: {
    title: 'HOST closes the connection at once',
    hint: 'A firewall or a load balancer does it: try from another network.',
  },
}

function proxyRefusal(target: URL, proxyServer: URL, reason: string): Outcome {
  const evidence = `CONNECT ${target.host} at ${proxyServer.host}: ${reason}`
  if (reason === '407')
    return {
      verdict: 'failed',
      title: `The proxy server ${proxyServer.host} wants a user and a password`,
      evidence,
      hint: 'Write them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT, each encoded as in a URL. Proxy servers that want NTLM or Kerberos are not supported: let one leave Qlik’s host name open.',
      source: 'RFC 9110 section 15.5.8',
    }
  if (/^\d{3}$/.test(reason))
    return {
      verdict: 'failed',
      title: `The proxy server ${proxyServer.host} opens no way to ${target.host}`,
      evidence,
      hint: `Have ${target.hostname} allowed there. ${proxyHint}`,
      source: 'RFC 9110 section 9.3.6',
    }
  if (/CERT|^UNABLE_TO|^ERR_(TLS|SSL)/.test(reason))
    return {
      verdict: 'failed',
      title: `The proxy server ${proxyServer.host} does not prove who it is`,
      evidence,
      hint: `Give the certificate of the authority of the proxy server as \`--ca-file FILE\` (\`caFile\` of the deployment), or \`--authorities system\` when this machine knows it; or it speaks no TLS, and its address begins with http://. ${proxyHint}`,
      source: 'https://nodejs.org/api/tls.html#x509-certificate-error-codes',
    }
  return {
    verdict: 'failed',
    title: `The proxy server ${proxyServer.host} cannot be reached`,
    evidence,
    hint: proxyHint,
  }
}
