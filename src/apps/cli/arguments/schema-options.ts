// The options of a command made from the schema of its stage: a default, its unit and its words stand in the schema alone.
import { Option } from 'commander';
import { z } from 'zod';
import { keysOf, type SchemaKey, schemaKey } from '../../../pipeline/schema-keys.js';
import { parseNames, toNumber } from './values.js';

export interface OfferOptions {
  /** Where the flag is not the key's name: `every` for `everyMs`. */
  readonly flag?: string;
  /** Where the default depends on more than the schema: its words in the help. */
  readonly defaultText?: string;
  /** Where the value is written in a way of its own, such as 70/20/10. */
  readonly parse?: (text: string) => unknown;
}

/**
 * The keys of a stage's schema as options: numbers, texts, lists of them (`1,32`), choices and switches; `--no-KEY` for a switch that is
 * on by default. A value that was not given stays away, so that the schema fills in its default.
 */
export class SchemaOptions<T extends z.ZodType> {
  readonly #keys: Readonly<Record<string, z.ZodType>>;

  constructor(schema: T) {
    this.#keys = keysOf(schema);
  }

  /** The option for one key; the command's options have its value under the key's name. Throws TypeError for a type without a form on the command line. */
  option(key: keyof z.input<T> & string, { flag = key, defaultText, parse: ownParse }: OfferOptions = {}): Option {
    const facts = schemaKey(this.#keys[key]!);
    const name = flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (facts.type instanceof z.ZodBoolean) {
      return facts.default === true
        ? new KeyOption(key, `--no-${name}`, facts.off ?? `not: ${facts.description}`)
        : new KeyOption(key, `--${name}`, facts.description);
    }
    const { value, parse, choices }: Form = ownParse ? { value: 'value', parse: ownParse } : formOf(facts.type);
    const byDefault = defaultText ?? (facts.default === undefined ? undefined : String(facts.default));
    const words = byDefault === undefined ? facts.description : `${facts.description} (default: ${byDefault})`;
    const option = new KeyOption(key, `--${name} <${facts.value ?? facts.unit ?? value}>`, words);
    return choices ? option.choices(choices) : option.argParser(parse);
  }

  /** Those of a command's options that are keys of the schema and were given. */
  given(options: object): Partial<z.input<T>> {
    const given = Object.entries(options).filter(
      ([key, value]) => value !== undefined && Object.hasOwn(this.#keys, key),
    );
    return Object.fromEntries(given) as Partial<z.input<T>>;
  }
}

/** An option whose value has the name of the schema's key, whatever its flag is. */
class KeyOption extends Option {
  readonly #key: string;

  constructor(key: string, flags: string, description: string) {
    super(flags, description);
    this.#key = key;
  }

  override attributeName(): string {
    return this.#key;
  }
}

interface Form {
  /** What a value is, for the help. */
  readonly value: string;
  readonly parse: (text: string) => unknown;
  readonly choices?: readonly string[];
}

/** What is no number becomes NaN, which the schema refuses by the key's name. */
function formOf(type: SchemaKey['type']): Form {
  if (type instanceof z.ZodEnum) return { value: 'name', parse: String, choices: type.options.map(String) };
  if (type instanceof z.ZodNumber) return { value: type.isInt ? 'n' : 'number', parse: toNumber };
  if (type instanceof z.ZodString) return { value: 'name', parse: String };
  if (type instanceof z.ZodArray) {
    const { parse } = formOf(schemaKey(type.element as z.ZodType).type);
    return { value: 'list', parse: (text) => parseNames(text).map(parse) };
  }
  throw new TypeError('a key must be a number, a text, a choice, a switch or a list of them to be an option');
}
