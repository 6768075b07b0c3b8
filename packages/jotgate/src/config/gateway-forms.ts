import * as z from 'zod'
import { readWebAddress } from '../values/index.ts'
import { read } from './schema-forms.ts'

// The forms of values that only settings of the gateway have.

export const whole = (min: number, max: number) => z.int().min(min).max(max)

export const address = () =>
  read((value) => readWebAddress('address', value).problems?.[0].problem, {
    pattern: '^https?://',
  })
