/** Where what is not in the VSIX can be read. */
export interface Publication {
  /** Web address of the repository, without a slash at its end; undefined where there is none yet. */
  readonly repository: string | undefined;
  /** The tag of the release. */
  readonly tag: string;
}

const linkOrPicture = /(?<mark>!?)\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)/g;
const ownPicture = /\]\((?![a-z][a-z+.-]*:)[^)\s]+\.(?:gif|png)\)/i;

/**
 * A document as it is packed: VS Code's page of an extension and the gallery know no other file, and show pictures from
 * the web only. With a repository, links and pictures are those of the release. Without one, of links the text is left,
 * and paragraphs with a picture, or with a link to one, are left out.
 */
export function packagedMarkdown(document: string, publication: Publication): string {
  const { repository, tag } = publication;
  const text = repository === undefined ? withoutPictures(document) : document;
  return text.replace(linkOrPicture, (whole: string, mark: string, label: string, target: string) => {
    if (/^(?:[a-z][a-z+.-]*:|#)/i.test(target)) return whole;
    if (repository === undefined) return label;
    return `${mark}[${label}](${repository}/${mark === '!' ? 'raw' : 'blob'}/${tag}/${target})`;
  });
}

function withoutPictures(document: string): string {
  const paragraphs = document.split('\n\n');
  return paragraphs.filter((paragraph) => !ownPicture.test(paragraph)).join('\n\n');
}

/** The part of `package.json` that names the repository. */
export interface RepositoryManifest {
  readonly repository?: string | { readonly url: string };
}

/** The web address of the repository that a manifest names, as for {@link Publication}. */
export function repositoryOf({ repository }: RepositoryManifest): string | undefined {
  const address = typeof repository === 'object' ? repository.url : repository;
  return address?.replace(/^git\+/, '').replace(/(?:\.git)?\/?$/, '');
}
