import type { FormRule } from '../rule.ts'
import { encodingRules } from './encoding.ts'
import { headerRules } from './header.ts'
import { textRules } from './text.ts'

/** The text of a token and its header, whatever the token is for. */
export const formRules: readonly FormRule[] = [...textRules, ...encodingRules, ...headerRules]
