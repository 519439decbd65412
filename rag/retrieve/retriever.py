"""The hybrid search as a LangChain retriever, for chains."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.index.store import Store
from rag.retrieve.hybrid import retrieve
from rag.types import Filters, Hit


class HybridRetriever(BaseRetriever):
    """Documents are passages, best first; `metadata["hit"]` is the `Hit` with all that it holds."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    store: Store
    k: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain's signature)
    ) -> list[Document]:
        return [to_document(hit) for hit in retrieve(self.store, query, self.k, self.filters)]


def to_document(hit: Hit) -> Document:
    article = hit.article
    return Document(
        id=str(hit.passage.id),
        page_content=hit.passage.text,
        metadata={
            "hit": hit,
            "article": article.id,
            "title": article.title,
            "outlet": article.outlet,
            "published": article.published.isoformat() if article.published else None,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "score": hit.score,
        },
    )
