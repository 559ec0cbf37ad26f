/** The seven expression classes in FER2013's order: a label is an index into this list. */
export const expressionLabels = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'] as const;

export type ExpressionLabel = (typeof expressionLabels)[number];
