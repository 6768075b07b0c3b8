import type { TokenRule } from '../rule.ts'
import { timeInWords } from '../time-words.ts'

export const certificateDates: TokenRule = {
  about: 'deployment',
  id: 'signature-certificate-dates',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The certificate is not valid at this time',
  hint: 'Make a new certificate for the key and give it to Qlik. Whether Qlik looks at the dates is not known.',
  source: 'RFC 5280 section 4.1.2.5; looked for at qlik.dev and help.qlik.com, and not found',
  explain({ certificateDates: dates, now }) {
    if (dates === undefined) return undefined
    if (now * 1000 < dates.from) return `It begins ${timeInWords(dates.from / 1000, now)}.`
    if (now * 1000 > dates.to) return `It ended ${timeInWords(dates.to / 1000, now)}.`
    return undefined
  },
}
