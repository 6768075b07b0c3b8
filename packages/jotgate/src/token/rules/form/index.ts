import type { FormRule } from '../rule.ts'
import { base64url } from './base64url.ts'
import { compressed } from './compressed.ts'
import { criticalHeader } from './critical-header.ts'
import { duplicateMember } from './duplicate-member.ts'
import { embeddedKey } from './embedded-key.ts'
import { empty } from './empty.ts'
import { encrypted } from './encrypted.ts'
import { json } from './json.ts'
import { keyInPlaceOfToken } from './key-in-place-of-token.ts'
import { long } from './long.ts'
import { nested } from './nested.ts'
import { nesting } from './nesting.ts'
import { parts } from './parts.ts'
import { quotes } from './quotes.ts'
import { scheme } from './scheme.ts'
import { tooLong } from './too-long.ts'
import { type } from './type.ts'
import { unsafeNumber } from './unsafe-number.ts'
import { whiteSpace } from './white-space.ts'

/** Whatever a token is for: its text and its header. */
export const formRules: readonly FormRule[] = [
  empty,
  keyInPlaceOfToken,
  scheme,
  quotes,
  whiteSpace,
  parts,
  encrypted,
  tooLong,
  long,
  base64url,
  json,
  nesting,
  duplicateMember,
  unsafeNumber,
  criticalHeader,
  compressed,
  nested,
  type,
  embeddedKey,
]
