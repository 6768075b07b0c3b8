import type { FormRule } from '../rule.ts'

export const unsafeNumber: FormRule = {
  id: 'form-unsafe-number',
  effect: 'advice',
  certainty: 'inferred',
  title: 'A number is larger than every reader can hold',
  hint: 'Send large numbers as texts. Beyond 2^53 - 1 readers round, each in its own way.',
  source: 'RFC 8259 section 6',
  explain({ header, payload }) {
    const count = (header?.unsafeNumbers ?? 0) + (payload?.unsafeNumbers ?? 0)
    return count === 0 ? undefined : `Numbers beyond 2^53 - 1: ${count}.`
  },
}
