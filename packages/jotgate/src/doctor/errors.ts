import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `doctor`. No detail holds anything of a HAR but its name and what it lacks. */
export const doctorErrors = defineErrors('ERR_DOCTOR', {
  ERR_DOCTOR_HAR_FILE: {
    kind: 'failure',
    status: 500,
    message: (details: { file: string; problem: string }) => `${details.file} ${details.problem}`,
    hint: 'Give a HAR file as a browser exports it. Record less when it is too large: open the network panel, clear it, load the page once, and export.',
  },
  ERR_DOCTOR_HAR_FORM: {
    kind: 'failure',
    status: 400,
    message: (details: { file: string; problem: string }) =>
      `${details.file} is not a HAR: it ${details.problem}`,
    hint: 'Export it again: open the network panel of the browser’s developer tools, load the page, and choose “Export HAR” or “Save all as HAR”. Chrome, Edge, Firefox and Safari have it.',
  },
})

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof doctorErrors> {}
}
