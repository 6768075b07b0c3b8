import { readLifetime } from '../../token/index.ts'
import type { Check } from '../check.ts'
import type { NetworkContext } from './network-context.ts'

/** What a deployment commonly forgives; Qlik Cloud’s own example of a clock tolerance. */
const usualToleranceSeconds = 5
/** Of a difference that is told, though logins work. */
const noticeableSeconds = 5

/** Whether it speaks HTTP, nothing between answers in its place, and its clock is ours. */
export const frontChecks: readonly Check<NetworkContext>[] = [
  {
    id: 'network-answer',
    category: 'network',
    question: 'Does it answer over HTTP?',
    needs: ['network-certificate'],
    async run({ readFront, target }) {
      const { answer } = await readFront()
      const { status, headers, call } = answer
      const evidence = `${call}: ${status}`
      if (status === 511 || status === 407)
        return [
          {
            verdict: 'failed',
            title: `A network between wants a log-in before ${target.host} is reached`,
            evidence,
            hint: 'Log in to the network with a browser, or have the proxy server leave Qlik’s host name open.',
            source: 'RFC 6585 section 6',
          },
        ]
      if (status >= 500 && !(headers.get('content-type') ?? '').includes('json'))
        return [
          {
            verdict: 'failed',
            title: `What stands before Qlik at ${target.host} does not reach it`,
            evidence,
            hint: 'See that Qlik runs, and look at the load balancer or reverse proxy before it: Qlik Cloud’s status page, or the services of your site.',
          },
        ]
      return [{ verdict: 'passed', title: 'It answers over HTTP', evidence }]
    },
  },
  {
    id: 'network-clock',
    category: 'network',
    question: 'Is its clock the same as the one here?',
    needs: ['network-answer'],
    async run({ readFront, clock, lifetimeSeconds, notBeforeSkewSeconds }) {
      const { aheadSeconds, answer } = await readFront()
      if (aheadSeconds === undefined)
        return [{ verdict: 'not-checked', title: 'Its clock is not known: the answer has no Date' }]
      const evidence = `Date: ${answer.headers.get('date')}; here ${new Date(clock()).toUTCString()}`
      const times = readLifetime({ product: 'cloud' }, { lifetimeSeconds, notBeforeSkewSeconds })
      const { lifetimeSeconds: life = 60, notBeforeSkewSeconds: skew = 5 } = times.value ?? {}
      const apart = Math.abs(aheadSeconds)
      const where = aheadSeconds < 0 ? 'ahead of' : 'behind'
      const hint =
        'Set the clock of this machine by NTP. Qlik compares the times in a token with its own clock.'
      const title = `The clock here is ${apart} s ${where} Qlik’s`
      if (-aheadSeconds > skew + usualToleranceSeconds)
        return [{ verdict: 'failed', title: `${title}: tokens are not valid yet`, evidence, hint }]
      if (aheadSeconds > life)
        return [
          {
            verdict: 'failed',
            title: `${title}: tokens have expired when they arrive`,
            evidence,
            hint,
          },
        ]
      if (apart > noticeableSeconds) return [{ verdict: 'warning', title, evidence, hint }]
      return [{ verdict: 'passed', title: 'Both clocks are the same', evidence }]
    },
  },
]
