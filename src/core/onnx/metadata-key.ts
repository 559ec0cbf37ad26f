/** The key in a model file's metadata_props under which moodlens describes it, as JSON. */
export const metadataKey = 'moodlens';
