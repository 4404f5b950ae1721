"""Function words: they say how a query is meant rather than what it is about.

A closed class of the language, listed in full: articles, pronouns, prepositions, conjunctions,
auxiliary verbs, question words. This is no stop list: all of them are indexed and count a little,
and are found by phrases, exact words and queries of nothing but function words. When they are
demanded is decided in `searchapp.query`.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FINITE_VERBS = _words(
    """
    bin bist ist sind seid war waren wäre wären sei seien gewesen
    habe hast hat haben habt hatte hatten hätte hätten
    werde wirst wird werden werdet wurde wurden würde würden worden
    kann kannst können konnte konnten könnte könnten
    muss muß müssen musste mußte mussten mußten müsste müssten
    soll sollen sollte sollten will wollen wollte wollten
    darf dürfen durfte durften dürfte dürften mag mögen mochte möchte möchten
    gibt gab heißt hieß heißen hießen
    """
)
"""Auxiliary and modal verbs, and verbs of questions: a mark of a sentence."""

ALSO_NOUNS = _words("waren würde will bin weil mehr sein")
"""Function words that begin a query as nouns or names more often than as what they are: Waren,
Würde, Will Smith, Bin Laden, Weil am Rhein, Mehr Demokratie, das Sein."""

QUESTION_WORDS = _words(
    """
    wer wen wem wessen was wann warum weshalb weswegen wieso wozu wie wieviel wieviele
    wo woher wohin wofür wodurch womit woran worin worauf woraus worüber worum wovon wovor wonach
    wogegen wobei welche welcher welches welchem welchen
    """
)

FUNCTION_WORDS = (
    FINITE_VERBS
    | QUESTION_WORDS
    | _words(
        """
        der die das den dem des ein eine einer eines einem einen kein keine keiner keines keinem
        keinen dieser diese dieses diesem diesen jener jene jenes jenem jenen jeder jede jedes
        jedem jeden alle aller alles allem allen manche mancher manches manchem manchen
        ich du er sie es wir ihr mich dich ihn uns euch mir dir ihm ihnen sich man
        mein meine dein deine sein seine seiner seines seinem seinen ihre ihrer ihres ihrem ihren
        unser unsere unserer unseres unserem unseren euer eure
        dessen deren derer denen derjenige diejenige dasjenige
        und oder aber sondern denn doch sowie sowohl weder noch entweder
        dass daß ob weil da damit wenn falls als während bevor nachdem bis seit obwohl indem sodass
        in im ins an am ans auf aufs aus bei beim durch für gegen mit nach ohne um unter über
        von vom vor zu zum zur zwischen hinter neben trotz wegen statt
        nicht auch nur schon sehr so dann dort hier noch etwa viele mehr
        """
    )
)
