import type { FormRule } from '../rule.ts'

export const nested: FormRule = {
  id: 'form-nested',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The header says that there is another token inside',
  hint: 'Leave `cty` out and put the claims themselves into the payload.',
  source: 'RFC 7519 section 5.2',
  explain: ({ header }) =>
    Object.hasOwn(header?.value ?? {}, 'cty') ? 'The header has `cty`.' : undefined,
}
