/** Work that is done on first use, and not again. */

/** A function that makes a value when it is first called, and gives the same from then on. What `make` throws is not remembered. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
