import type { Check, Outcome } from '../check.ts'
import { type NoConnection, openTls } from './connection.ts'
import type { NetworkContext } from './network-context.ts'

const soonDays = 14
const source = 'https://nodejs.org/api/tls.html#x509-certificate-error-codes'

/** Whether the certificate of the deployment is one that programs here accept. */
export const tlsChecks: readonly Check<NetworkContext>[] = [
  {
    id: 'network-certificate',
    category: 'network',
    question: 'Is the certificate of its address valid and trusted?',
    needs: ['network-connection'],
    async run(context) {
      const { target, clock } = context
      if (target.protocol !== 'https:')
        return [{ verdict: 'passed', title: 'It is a name of this machine, without TLS' }]
      const opened = await openTls(context)
      if (!('socket' in opened)) return [failureOf(opened, target)]
      const { socket } = opened
      const certificate = socket.getPeerX509Certificate()
      const version = socket.getProtocol() ?? 'TLS'
      socket.destroy()
      if (certificate === undefined)
        return [{ verdict: 'passed', title: `${version}, of a resumed session` }]
      const { issuer, validToDate } = certificate
      const days = Math.floor((validToDate.getTime() - clock()) / 86_400_000)
      const evidence = `${version}; issued by ${nameIn(issuer)}; valid until ${validToDate.toISOString()}`
      if (days < soonDays)
        return [
          {
            verdict: 'warning',
            title: `The certificate of ${target.hostname} expires in ${days} days`,
            evidence,
            hint: 'Have it renewed by whoever runs that server, or what stands before it.',
          },
        ]
      return [
        { verdict: 'passed', title: `The certificate is trusted, for ${days} more days`, evidence },
      ]
    },
  },
]

const nameIn = (issuer: string) =>
  /^(?:CN|O)=(.+)$/m.exec(issuer)?.[1] ?? issuer.replaceAll('\n', ', ')

function failureOf({ reason, words = '' }: NoConnection, { hostname }: URL): Outcome {
  const [, title, hint] = faults.find(([pattern]) => pattern.test(reason)) ?? [
    /./,
    'NAME speaks no TLS that works here',
    'Look at what stands before Qlik at this address: a load balancer, or a program that inspects TLS.',
  ]
  const told = words === '' || words.includes(reason) ? '' : `: ${words}`
  return {
    verdict: 'failed',
    title: title.replace('NAME', hostname),
    evidence: `TLS: ${reason}${told}`,
    hint,
    source,
  }
}

const faults: readonly (readonly [RegExp, title: string, hint: string])[] = [
  [
    /^CERT_HAS_EXPIRED$/,
    'The certificate of NAME has expired',
    'Have it renewed by whoever runs that server, or what stands before it. When it is new, the clock of this machine is wrong.',
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    'The certificate of NAME is not valid yet',
    'Set the clock of this machine, or wait until the certificate is valid.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'The certificate of NAME is for another host name',
    'Give as `url` a name that the certificate has, or have the name added to it. An alias of a tenant does not work: take the address that the browser shows.',
  ],
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|^CERT_(UNTRUSTED|SIGNATURE_FAILURE)/,
    'The certificate of NAME comes from an authority that is not known here',
    'A private authority, or a program that inspects TLS: get its root certificate as a file, and give `--ca-file FILE` (`caFile` of the deployment), or `--authorities system` when this machine knows it. Or the server leaves out the certificates between its own and the root: have them added there.',
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    'What listens at NAME does not speak TLS',
    'Compare scheme and port of `url` with the address that a browser shows.',
  ],
]
