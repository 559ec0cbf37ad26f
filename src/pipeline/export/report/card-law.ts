// The sections of every card: limits, uses to avoid, and the law.

/** Markdown sections. `isFer2013`: adds the known weaknesses of FER2013's pictures. */
export function limitsAndLaw(isFer2013: boolean): string {
  return `## Limits
${isFer2013 ? fer2013Limits : otherLimits}
- Small, turned, covered or dark faces are classified badly. In video, trust the confirmed expression rather than that of a single frame.
- The model may classify a person's resting face as sad or angry. A personal calibration in moodlens corrects that from a few pictures of the
  person's expressions, through the \`embedding\` output: pictures and calibration stay on the machine, and are deleted with the person.

## Not for
- Watching employees, pupils or students, hiring, grading, or any decision about a person.
- Telling whether somebody lies, is ill, is dangerous or is paying attention: it says nothing of that.
- Telling who somebody is: it does not know.

## Law and ethics
- European Union, AI Act (Regulation 2024/1689): systems that infer emotions at work or in education are prohibited, but for medical or safety
  reasons (Art. 5(1)(f), in force since 2 February 2025; fines reach 35 million euros or 7 % of the turnover). Other emotion recognition is high-risk
  (Annex III), and since 2 August 2026 whoever uses it must tell the people exposed to it (Art. 50(3)).
- What a face shows does not reliably tell what a person feels (Barrett et al. 2019, Psychological Science in the Public Interest 20:1). Say
  "expression". Large providers have taken such services back for this reason: Microsoft its Azure Face attributes in June 2022.
- The model identifies nobody. Where it is used beside face recognition, that part's templates are biometric data, a special category that
  needs a ground of its own such as explicit consent (GDPR Art. 4(14), 9); naming people is off in moodlens until somebody is enrolled.
`;
}

const fer2013Limits = `- FER2013's pictures were gathered by web search and labelled by keyword and few people: posed and acted faces, most of them frontal, adult and
  light-skinned, some drawn or no faces at all. Ages, skin tones and cultures are unbalanced and people often disagree with the labels. Expect more
  errors on whoever is rare there. No figures per group exist, because FER2013 does not name groups.
- For scale: one person labelling FER2013's pictures agrees with the majority of nine others on about 70 %, and the original challenge was won with
  71 % on its test rows.`;

const otherLimits = `- It knows faces like those it was trained on. Expect more errors on people, light and cameras that are rare in that data; no figures per group
  of people exist unless somebody measures them.`;
