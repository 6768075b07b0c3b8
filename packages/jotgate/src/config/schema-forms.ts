import * as z from 'zod'
import { looksSecret, readOrigin, stringProblem } from '../values/index.ts'
import { durationForm, parseDuration } from './duration.ts'
import type { SettingWords } from './setting.ts'

// The forms of values that several settings have.

/** Puts a setting's words into its schema. */
export const setting = <Schema extends z.ZodType>(schema: Schema, words: SettingWords): Schema =>
  schema.meta({ ...words })

/** A string that a reader of the parts takes: the file and the functions say the same of a wrong one. */
export const read = (problemOf: (value: string) => string | undefined, json: object) =>
  z
    .string()
    .superRefine((value, context) => {
      const message = problemOf(value)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({ ...json })

export const text = (maxLength: number) =>
  read((value) => stringProblem(value, maxLength), {
    minLength: 1,
    maxLength,
    pattern: '^[^\\p{Cc}]*$',
  })

/** A length of time as the file and the command line write it. */
export type Duration = `${number}` | `${number}${'s' | 'm' | 'h' | 'd'}`

export const duration = (words: SettingWords) =>
  setting(
    read((value) => (parseDuration(value) === undefined ? `must be ${durationForm}` : undefined), {
      pattern: '^\\d{1,9}[smhd]?$',
    }),
    { ...words, form: 'duration' },
  ) as unknown as z.ZodType<Duration>

/** Where a secret is. */
export type SecretPlace = { readonly file: string } | { readonly env: string }

const secretProblem = (value: string) =>
  looksSecret(value) ? 'looks like a key, and must be the name of a file or a variable' : undefined

const variableProblem = (value: string) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value) ? undefined : 'must be the name of an environment variable'

/** Where a secret is: never the secret itself, so that the file can be shown and kept in git. */
export const secretPlace = (title: string, file: SettingWords, env: SettingWords) =>
  z
    .strictObject({
      file: setting(
        read((value) => secretProblem(value) ?? stringProblem(value, 4096), {
          minLength: 1,
          maxLength: 4096,
        }),
        { ...file, form: 'file' },
      ).optional(),
      env: setting(
        read((value) => secretProblem(value) ?? variableProblem(value), {
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        }),
        env,
      ).optional(),
    })
    .refine((place) => (place.file === undefined) !== (place.env === undefined), {
      message: 'must have one of `file` and `env`',
    })
    .meta({
      title,
      description: `where ${title} is: exactly one of \`file\` and \`env\``,
      oneOf: [{ required: ['file'] }, { required: ['env'] }],
    }) as unknown as z.ZodType<SecretPlace>

/** What a JSON Schema says of two members of which one may be there; the command line may give the other half. */
export const notBoth = (...names: readonly [string, string]) => ({ not: { required: names } })

/** A file whose name may be shown. */
export const file = (words: SettingWords) =>
  setting(
    read((value) => secretProblem(value) ?? stringProblem(value, 4096), {
      minLength: 1,
      maxLength: 4096,
    }),
    { ...words, form: 'file' },
  )

/** An origin: https, or http on a loopback name. */
export const origin = () =>
  read((value) => readOrigin('origin', value).problems?.[0].problem, {
    pattern: '^https?://[^/?#@]+/?$',
  })
