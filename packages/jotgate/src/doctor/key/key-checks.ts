import { createPublicKey } from 'node:crypto'
import { isJotgateError } from '../../errors/index.ts'
import { checkKey, readCertificate } from '../../keys/index.ts'
import type { RsaPublicJwk } from '../../token/index.ts'
import type { Effect } from '../../values/index.ts'
import type { Check, Outcome, Verdict } from '../check.ts'
import type { DoctorOptions } from '../doctor-options.ts'

type KeyContext = DoctorOptions & { readonly clock: () => number }

const soonDays = 30

/** The signing key: its strength, and the certificate that Qlik is to trust. */
export const keyChecks: readonly Check<KeyContext>[] = [
  {
    id: 'key-strength',
    category: 'key',
    question: 'Is the key strong enough?',
    needs: [],
    async run({ key, clock, certificate }) {
      // Who has no certificate is told so below; a key alone makes no finding about one.
      if (certificate === undefined) return [strengthOf(key.publicJwk)]
      const found = await checkKey({ certificate: { pem: certificate }, clock })
      const outcomes = found
        .filter(({ id }) => id.startsWith('key-') && id !== 'key-debian-not-checked')
        .map(
          ({ title, detail, hint, source, effect }): Outcome => ({
            verdict: verdictOf(effect),
            title,
            evidence: detail,
            hint,
            source,
          }),
        )
      return outcomes.length > 0 ? outcomes : [strengthOf(key.publicJwk)]
    },
  },
  {
    id: 'key-certificate',
    category: 'key',
    question: 'Does the certificate belong to the key, and is it valid?',
    needs: [],
    async run({ key, certificate, clock }) {
      if (certificate === undefined)
        return [
          {
            verdict: 'not-checked',
            title: 'The certificate of the key was not looked at',
            hint: 'Name its file: `setup.certificate` of the deployment, or put it beside the private key with the ending .cer.',
          },
        ]
      try {
        const { publicJwk, notBefore, notAfter } = await readCertificate({ pem: certificate })
        if (publicJwk.n !== key.publicJwk.n || publicJwk.e !== key.publicJwk.e)
          return [
            {
              verdict: 'failed',
              title: 'The certificate belongs to another key than the one that signs',
              evidence:
                'The public key in the certificate is not the public half of the signing key',
              hint: 'Name the certificate that was made with this key, or make one of it: `jotgate keys create` makes both. Qlik is to have that certificate too.',
              source: 'RFC 7515 section 5.2',
            },
          ]
        return [datesOf(notBefore, notAfter, clock())]
      } catch (error) {
        if (!isJotgateError(error)) throw error
        return [{ verdict: 'failed', title: error.message, hint: error.hint }]
      }
    },
  },
]

const verdictOf = (effect: Effect): Verdict => (effect === 'refused' ? 'failed' : 'warning')

function strengthOf({ n, e }: RsaPublicJwk): Outcome {
  const { modulusLength = 0 } =
    createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).asymmetricKeyDetails ?? {}
  return { verdict: 'passed', title: `The key has ${modulusLength} bits` }
}

function datesOf(notBefore: Date, notAfter: Date, now: number): Outcome {
  const days = Math.floor((notAfter.getTime() - now) / 86_400_000)
  const evidence = `valid from ${notBefore.toISOString()} until ${notAfter.toISOString()}`
  const source = 'RFC 5280 section 4.1.2.5'
  if (notBefore.getTime() > now)
    return {
      verdict: 'warning',
      title: 'The certificate of the key is not valid yet',
      evidence,
      hint: 'Set the clocks of this machine and of the one that made it. No source says whether Qlik looks at the date.',
      source,
    }
  if (days >= soonDays)
    return {
      verdict: 'passed',
      title: `The certificate is that of the key, for ${days} more days`,
      evidence,
    }
  return {
    verdict: 'warning',
    title:
      days < 0
        ? 'The certificate of the key has expired'
        : `The certificate of the key expires in ${days} days`,
    evidence,
    hint: 'Make another key with its certificate (`jotgate keys create`), and have Qlik trust it beside the old one before you sign with it. No source says whether Qlik looks at the date.',
    source,
  }
}
