"""Knows the words that the tag splitter needs: acronyms, mixed-case names, and German.

There are three sources, none of them copied from a list of tags:

- the lists below, written by hand from general knowledge of what German news, press portals and
  blogs tag (politics, law, economy, technology, sports, media). Add to them freely: an entry
  only has to be unmistakable when it is glued to its neighbours;
- the names of territories and languages in CLDR, which Babel ships;
- simplemma's German dictionary (a million inflected forms; the lemmas of nouns have a capital). In
  its low-memory form it takes 0.6 s and 20 MB, when the first footer has a word that the other
  two do not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale
from simplemma.strategies import LOW_MEMORY_DICTIONARY_FACTORY


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


ACRONYMS = _listed("""
    CL GOP MAGA CSC BDSV SHS AWS FIDO PDC DSO ASP DMK WFP RSF WV UNGASS SBB GA UBS CS CRU MEPS
    OGE GIFA YAML JVM PLA FDM UCS OCI BVZ KBM FFW BRK PTBS OZG PPA DJI RTX GTX TSMC TEPCO EMA
    FDA CDC ELSTER TAN PSD2 PIN SLS DJV ADFC BCE VDI VDE HDE BITKOM BDZV VZBV BUWOG LBS BSR BER
    FRAPORT ADB IEA IRENA IMF FAO ILO UNDP UNEP WMO CERN UNFCCC COP COP26 COP27 COP28 COP29
    COP30 IMO ICAO EUGH EMRK DMA DSA TTDSG BDSG UWG ArbZG AMG SGB HARTZ ALG ALG1 ALG2 BTM THC
    CBD LSD MDMA EPO ECMO COPD MRSA HPV RSV FSME PTA MTA MFA OP CBT AMNOG DRG MVZ DKG KVB BDK
    DPOLG GSG9 KSK MAD IT IS PLO IDF MOSSAD OAS AU ECOWAS MINUSMA SCO QUAD AUKUS NVA FDGB SMAD
    BVP MLPD DIE SSW BVB TOP NABU VIER ATTAC PETA BMUV BMLEH BMFSFJ BMWSB BMFTR BBK BFV LFV LKÄ
    JVA LG OVG VGH VG ArbG LAG EUROPOL FRONTEX INTERPOL JU RCDS SDS ASTA KMK HRK VHS FSJ BFD ISS
    ATV JWST ELT ESO MPI DLR AWI KIT FZJ HZB PTB IPP ITER FRM NASA JAXA CNSA ISRO UX UI QA CI CD
    SDK IDE GUI CLI SSH FTP SSL VPS NAS RAID BIOS UEFI DDR DDR4 DDR5 SATA PCIE NVME HDR DLSS FPS
    MMO MMORPG RPG LARP NPC GTA FIFA WOW CSGO PS2 PS3 PS4 PS5 PSP XBOX ABS ESP LKW ÖPV VCD UVP
    FFH B1 B2 ISDN FTTH DOCSIS DECT UMTS GSM NB SIM ESIM MVNO KG GKI IATF CNC CAD CAM CAE FEM
    PLM MES SPS OPC UA AGV FTS AR VR MIG WIG DMLS EAF BF DRI HRC CRC LME MOQ FOB CIF WLTP NEFZ
    AdBlue ESG SRI SFDR MIFID BaFin CDS CFD FOMC FED BOJ BOE SNB PBOC OTC NYSE NASDAQ FTSE CAC
    S&P MOEX HSI ROI ROE EBIT EBITDA KGV IFRS GAAP GOB AC FCM FSV SGE TSC HSC MTV TSF ASV BSC
    SCP DSC RBL WAC RAPID LASK BSV ZSC EHC ERC EV VEU ITF WBC WBO IBF IBA FIS FIVB FINA DTTB DSB
    DOG DKB ISU UCI BDR DLG ETU PGA LIV LPGA F2 F3 WRC WSBK BYD CATL CBAM DWD HANA LEAG DITIB
    SEK IBU BARF PEM ÖBAG MSCI SALCOS HYBRIT TTIP CETA GNOME KDE PEGIDA AGFK GAP IAA IFA CES ITB
    UNCTAD OPEC GEMA ROG FRA MUC EU UN UNO USA US UK NATO OSZE OECD WHO WTO IWF EZB EIB IAEA
    IAEO OPCW ICC IStGH BRICS ASEAN EFTA EWR GUS UAE VAE BRD UdSSR EG EWG ECHR IPCC UNESCO
    UNICEF UNHCR UNRWA G7 G8 G20 FSB BND CIA FBI NSA MI5 MI6 KGB GRU ISIS PKK IRA ETA RAF NSU NS
    SS SA KZ SED FDJ CDU CSU SPD FDP BSW NPD DKP PDS ÖDP ÖVP FPÖ SPÖ NEOS SVP SP EVP DRK THW
    DLRG ADAC ASB BUND WWF DGB IG IGM GEW DBB BDI BDA DIHK IHK HWK ZDH BVMW VDA VDMA VCI ZVEI
    GDL EVG VKU BDEW VDV AWO KNA EKD DBK ZDK KFD CVJM BGH BVG BAG BSG BFH OLG LKA BKA BGB HGB
    DSGVO EEG GEG KSG BAMF BSI TÜV DEKRA DIN ISO EN CE GS FSC PEFC RKI PEI STIKO BZGA GKV PKV
    AOK DAK TK KV KBV MDK EKG MRT CT HIV AIDS ADHS MS ALS RNA DNA DNS PCR FFP FFP2 FFP3 ICD CO2
    CO H2 O2 NO2 PM10 PM2 FCKW PFAS BPA LNG LPG PV KWK BHKW AKW KKW WEA EPR SMR LED OLED LCD KI
    AI IoT IIoT ICT EDV ERP CRM SAP API APP SEO SEA CMS SaaS PaaS PC CPU GPU RAM SSD HDD USB
    HDMI WLAN LAN VPN DSL LTE 5G 4G 3G 6G 3D 4K 8K 2D HD UHD CCD CMOS GPS RFID NFC QR XR MR MINT
    PDF XML HTML CSS PHP SQL JSON HTTP TLS URL IP DIY NFT ETF BTC ETH GPT LLM IBM AMD HP HTC ESA
    RWTH TU FU LMU TUM HTW MIT DFG MPG FH PH DAAD AG SE OHG GBR UG LLC NGO NRO NGOS CEO CFO CTO
    HR PR VWL BWL BIP MWST IPO M&A KMU CSR CSRD SDG SDGS AGB B2B B2C P2P DAX MDAX SDAX TECDAX
    SMI ATX EURO RWE EON ENBW BASF BMW VW MAN ZF DB DHL UPS GLS DPD LH TUI ÖBB VBB HVV MVV MVG
    RMV VRR VVS S21 A1 A2 A3 A4 A5 A6 A7 A8 A9 ICE IC RE RB PKW SUV MPU KFZ ÖPNV SPNV NOX E10 E5
    E85 BEV PHEV KW PS ARD ZDF WDR NDR BR SWR MDR RBB RTL RTL2 VOX DW BBC CNN CBS NBC ABC HBO
    DPA AFP AP EPD APA ORF SRF SRG FAZ SZ TAZ NZZ GEZ DVD TV UKW DAB MP3 MP4 BRAVO GZSZ DSDS
    GNTM ESC DFB DFL UEFA IOC DOSB DEL HBL BBL NBA NFL NHL MLB WM EM OL FC SV SC SG TSV TSG VFB
    VFL HSV FCB FCK FCN FCA KSC MSV SSV DTM F1 WEC UFC WWE MMA DSV DLV DHB DEB DTB ATP WTA NADA
    WADA BLM LGBT LGBTI LGBTQ LGBTIQ LSBTI CSD FGM MNS FKK SOS VIP KITA OGS NC GG StGB StVO AKP
    CHP HDP BJP ANC FPI PIS PP PSOE AFD FARC ELN NRW BW BY NDS SH MV LSA BRB RLP HH HB NSDAP HJ
    BDM KPD USPD DNVP DDP KPDSU APO CRISPR ID FINMA ECHA EFSA KRITIS KTF KEF DRV PSG BBQ ESL DAV
    KNX MQTT DCC SSAB LKAB AGG BTMG UNAIDS EKHN ELKB EKBO EKIR EKVW NIS NIS2 DORA PNRR EASA
    ENISA EFRAG SEPA IBAN BIC TSE GWB VOB HOAI BIM KVJS LWL LVR BDZ DVGW VDEW VIK DVS DGUV BG
    BGN VBG GDV BVR DSGV BVI BDB VÖB ZKA NWZ HAZ MAZ LVZ WAZ NRZ KSTA RND OVB ARTE KIKA PRO7
    DMAX TLC DAZN UCL UEL WTCC GT3 GT4 IMSA FIA FIM FFC TTC MTG LAC GSV ESV PSV MBC FCE FCH SVW
    SVS KFC RWO SSF NLZ U17 U19 U21 U23 BVV HFV WFV NFV SFV FVM ELAN VRML LTS VM DHCP IPV6 IPV4
    TPU NPU LXC RISC ESP32 PLC LORA BFDI LDI GFF CCC EFF FSFE ZVKI HPI DFKI TUB UKE MHH DZNE
    DKFZ IPN IQB PISA IGLU TIMSS WG ZVS BAFA DENA UBA THG WPG GEIG VNB ÜNB TSO EPEX EEX KRK GDP
    CPI PMI PPI IHS IKEA KFOR ISAF EUFOR SWP DGAP KSE OSCE ICBM SALT INF MIRV JEF GTK IRIS DVU
    REP RBMK UKIP MSF IKRK DIW IFO IW IAB ZEW DSW BFN BMU BMBF BMWI BMWK BMF BMI BMJ BMG BMVG
    BMZ BMAS BMEL BMDV BAFIN KFW SCHUFA
""")
"""Words in capitals (and capitals with digits) that stand alone as tags or begin them."""

SMALL_NAMES = _listed("""
    bvse kfd vhs thyssenkrupp dtv gematik bitkom dm kicker funk documenta adidas arte taz dpa
    vdek eon rbb ifo bpb correctiv ntv heise golem chip gamescom smart swb hr1 hr2 hr3 hr4 o2
    tesa ebm digital regional saisonal kostenlos nachhaltig lokal vanlife voestalpine ebay
    iphone android docker kubernetes wordpress python javascript diy upcycling tagesschau vegan
    vegetarisch glutenfrei queer
""")
"""Names and words in small letters that are tags of their own."""

SMALL_PHRASES: Mapping[str, frozenset[str]] = {
    adjective: frozenset(nouns.split())
    for adjective, nouns in {
        "soziale": "Medien Netzwerke Gerechtigkeit Ungleichheit Arbeit Sicherheit Marktwirtschaft",
        "sozialer": "Wohnungsbau Brennpunkt",
        "freie": "Wähler Software Szene Berufe",
        "freier": "Handel Eintritt",
        "politische": "Bildung Kultur Gewalt",
        "technische": "Störung Hilfeleistung Universität",
        "rechtliche": "Betreuung Beratung",
        "starke": "Frauen Regenfälle",
    }.items()
}
"""Usual tags that begin with an adjective which also ends compounds ("steuerfreie")."""

COMPANY_FORMS = _listed("AG SE KG UG")
"""Legal forms that end a company's name; those in mixed case are in MIXED_CASE."""

ENDS_IN_PLUS = _listed("Disney Paramount RTL TV Discovery Joyn PLUS LGBTQ LGBTIQ LSBTIQ Google")
"""Words before a plus sign that ends a name."""

ADJECTIVE_PREFIXES = _listed("""
    selbst teil voll halb hoch
    inter inner außer anti neo trans multi super ultra pseudo post prä national sozial rechts
    links christlich deutsch euro bio öko geo psycho agrar verkehrs steuer renten kassen arbeits
    privat
""")
"""What stands before an adjective in one word ("rechtsextremistisch")."""

MIXED_CASE = _listed("""
    CanG PreussenElektra LesArt MedCanG KCanG MedVZ CeBIT DaimlerChrysler DirectX MacOS StVZO
    BAFöG KPdSU SchUM GfdS DoCoMo VDEh iX3 tkH2Steel IJmuiden BMVg PiS BayWa FriedWald
    UmweltBank GeoSphere GdP ArcelorMittal AfD BüSo GroKo BaFin BAföG BAfög BfArM BfV BfS BfN
    BfR BaSt KfW EnBW EuGH EuG IStGH BVerfG BVerwG BGer StGB StPO StVO BauGB EStG UStG BetrVG
    HinSchG LkSG IfSG AsylG AufenthG TzBfG GmbH gGmbH mbH KGaA eG eV OHG GbR MdB MdL MdEP KiTa
    KiTas StuPa AStA UdSSR MfS ZdK DBfK VfB VfL VfR TuS TuRa SpVgg SpVg TiB SsangYong SoVD VdK
    VdS VdA vhs mRNA tRNA IoT IIoT SaaS PaaS IaaS XaaS FaaS DaaS BaaS BYOD LoRa LoRaWAN LiDAR
    WLAN WiFi eSIM PtX PtG DeFi FinTech FinTechs InsurTech PropTech EdTech BioTech MedTech
    LegalTech AgriTech GovTech CleanTech GreenTech FoodTech RegTech HealthTech DevOps DevSecOps
    MLOps NoSQL MySQL PostgreSQL MariaDB MongoDB SQLite JavaScript TypeScript CoffeeScript
    ActionScript GraphQL jQuery NodeJS VueJS AngularJS OpenCV OpenGL OpenAI OpenStack OpenShift
    OpenOffice LibreOffice OpenStreetMap OpenSSL OpenWrt OpenVPN OpenData OpenAccess OpenSource
    ChatGPT AutoGPT DeepMind DeepL DeepSeek DuckDuckGo GitHub GitLab BitBucket StackOverflow
    WordPress WooCommerce PrestaShop OpenCart TYPO3 phpBB macOS iOS iPadOS watchOS tvOS visionOS
    iPhone iPhones iPad iPads iPod iPods iMac iMacs iTunes iCloud iMessage iBooks iWatch iWork
    iLife iMovie AirPods AirPod AirTag AirTags AirPlay AirDrop HomePod HomeKit CarPlay MacBook
    MacBooks QuickTime GarageBand FaceTime AppStore PlayStation PlayStore GameCube GameBoy
    SteamOS ThinkPad IdeaPad ChromeBook ChromeOS OxygenOS HarmonyOS FireTV WebOS FritzBox
    AmigaOS BlackBerry OnePlus ZenFone GoPro YouTube YouTuber YouTubers YouTuberin WhatsApp
    TikTok TikToker LinkedIn PayPal PowerPoint OneNote OneDrive OneCoin SharePoint OutLook
    InDesign PhotoShop AutoCAD SketchUp SolidWorks CorelDRAW SoundCloud MySpace StudiVZ
    FourSquare FriendFeed StumbleUpon SlideShare FeedBurner YouNow BeReal OnlyFans BuzzFeed
    HuffPost HuffPo BitTorrent BitCoin LiteCoin DogeCoin NetCologne NetApp VMware NVIDIA GeForce
    RealTek TeamViewer TomTom DreamWorks AirBnB AirAsia FlixBus FlixTrain FlixMobility BlaBlaCar
    MyTaxi FreeNow ShareNow DriveNow StadtRAD DeutschlandTicket eBay eBook eBooks eReader eMail
    eMails eSport eSports eCommerce eLearning eHealth eGovernment eMobility eMobilität eAuto
    eAutos eBike eBikes eRoller eScooter eGK ePA eAU eRezept eID eCall eTwinning eFuels eFuel
    eGames eVoting eTicket iGaming SpaceX StarLink SolarCity BioNTech CureVac AstraZeneca
    GlaxoSmithKline DocMorris HelloFresh GoDaddy MediaMarkt MediaWorld MediaTek MagentaTV
    MagentaSport ThyssenKrupp HeidelbergCement HypoVereinsbank UniCredit CommerzBank ProSieben
    ProSiebenSat ProSiebenMaxx SuperRTL KiKA NeunLive TeleColumbus UnityMedia DasErste MeToo
    BlackLivesMatter FridaysForFuture SciFi HiFi WeChat AliBaba AliExpress PinDuoDuo BaiDu
    ByteDance SenseTime HiSilicon McDonald McKinsey McLaren McAfee McCartney McCain McGregor
    DiCaprio DeNiro DeVito DeLonghi DeutschlandRadio DeLorean LeBron LaTeX BibTeX LeEco RoboCop
    MotoGP SuperGAU GAUs KdF NaWi NaBu DaF DaZ MaRisk TÜVs PKWs LKWs NGOs CDs DVDs PCs KMUs SUVs
    LEDs ETFs NFTs CEOs SDGs AGs USAs WMs AKWs VIPs StartUp StartUps PopUp MeetUp CrowdFunding
    CoWorking CoVid UAbs UGs ÖkoTest WiWo BamS FAZnet SpOn TeleGram UberEats DoorDash JustEat
    InterContinental TransFair HanseMerkur DekaBank ApoBank ApoPharm AvD ACEs DPolG TvÖD TVöD
    TVÖD DStGB DLRs WiSo WiMa KoBo QAnon StaRUG InsO ESPHome BahnCard BahnCards EasyJet easyJet
    EasyCredit DHfK iRobot tkMS OneUI PrEP GamesCom KulturPass ImmoScout ImmobilienScout
    AutoScout WetterOnline RheinEnergie StepStone DreamHack TechCrunch DeutschlandCard PayBack
    CarSharing BikeSharing CoLiving HomeOffice VfGH LfV LfU LfM BfG BfE BImA BImSchG BNatSchG
    BtMG WoGG ArbZG KrWG VerpackG AktG PatG MarkenG UrhG NetzDG StromStG LArbG LSozG MdK HwO
    BBiG MuSchG KSchG MiLoG RheinMain WestLotto SnapChat SnapDragon MicroSD DisplayPort
    ThunderBolt openHAB openSUSE pfSense OPNsense TrueNAS FreeBSD OpenBSD NetBSD TensorFlow
    PyTorch NumPy SciPy FastAPI SpringBoot AutoML KfZ SoLaWi BuGa LaGa BuFDi BuFDis CinemaxX
    CineStar AstroTV TVNow ARDalpha ZDFneo ZDFinfo BigBrother WeTransfer DropBox DocuSign
    SalesForce ServiceNow HubSpot MailChimp WeWork SoftBank BlackRock BlackStone PwC KaDeWe
    TuSEM ZPO GuV BiH KdU HartzIV eIDAS MiFID MiCA SchulG HebG PflegeVG KiBiz BayernLB LBBWs
    HSHs SaarLB NordLB WestLB HelaBa BGHs DiGA DiGAs MoPo
""")
"""Words whose capitals inside do not end a tag, and words that begin in small letters."""

TAG_OPENERS = _listed("""
    mehr alle neue neuer neues weitere für gegen ohne mit im über unter zum zur aus von vom nach
    vor bei wie was wer wo und oder
""")
"""Small words that can begin a tag ("mehr zu Kredit") but never end a German compound."""

ENGLISH = _listed("""
    social media health insurance business open source smart home data big cloud cyber security
    privacy software hardware startup management marketing content design video game gaming play
    pay power point you your web online blog shop shopping store street food fashion beauty
    style life love music rock pop dance jazz hip hop black white green blue red new news world
    day night mobile app apps phone book books note card car bike sharing tech fin deep mind
    machine learning artificial intelligence virtual reality internet things remote work office
    team support service customer experience user next generation future summer winter school
    university science history art photo photography performance travel hotel fitness training
    running outdoor indoor fair trade free freedom fake hate speech lifestyle review test update
    event events live stream streaming podcast radio show star stars movie film network net
    price money bank banking crypto coin chain block token energy solar wind water storage air
    drive driving electric engine motor sport sports soccer football basketball cup league club
    city country house garden kids baby family women men people human rights justice peace war
    help care first last best top hot cool real true good great super high low fast slow long
    short self hosted
""")
"""English words that German tags are fond of and the German dictionary lacks, in small letters."""

ADJECTIVE_PARTS = _listed("""
    arm bewusst bezogen fähig fern förmig frei freundlich gebunden gerecht gemäß haft haltig
    intensiv isch kräftig lang lich ig los mäßig nah neutral orientiert politisch reich schonend
    schwach sicher sozial stark tauglich technisch voll weit wert wirtschaftlich würdig sam bar
    tägig jährig extrem radikal rechtlich ärztlich feindlich spezifisch relevant basiert
    gestützt artig
""")
"""Second parts of compound adjectives ("klimafreundlich"), which stay in one piece."""

LONG_ADJECTIVE_PARTS = tuple(
    part for part in ADJECTIVE_PARTS if len(part) > 3 and part not in ("haft", "isch", "lich")
)
"""Those that are words, which tell an adjective from any other word: not "ig" or "lich"."""

LINKS = ("", "s", "es", "n", "en", "er", "e", "ns")
"""The linking elements of German compounds."""

MIN_PART = 3
MAX_LETTERS = 60
"""Longer words count as unknown, which bounds the work for a hostile line."""


@cache
def _cldr_words() -> frozenset[str]:
    """The single words of CLDR's German territory and language names."""
    locale = Locale("de")
    names = [*locale.territories.values(), *locale.languages.values()]
    return frozenset(word for name in names for word in name.split() if word.isalpha())


def lemma(word: str) -> str | None:
    """The dictionary form of `word` as written (case counts), or None for an unknown word.

    Names of territories and languages are their own lemmas. The first word that CLDR does not
    know loads the dictionary.
    """
    return None if len(word) > MAX_LETTERS else _lemma(word)


@lru_cache(maxsize=65536)
def _lemma(word: str) -> str | None:
    if word in _cldr_words():
        return word
    return LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary("de").get(word)


def is_acronym(word: str) -> bool:
    """True for an acronym of the list, and for one of three letters or more of the dictionary."""
    if word in ACRONYMS:
        return True
    return len(word) >= MIN_PART and word.isupper() and word.isalpha() and lemma(word) is not None


def is_word(word: str) -> bool:
    """True for a German word as written, and for a common English one in any case."""
    return word.lower() in ENGLISH or lemma(word) is not None


def is_noun(word: str) -> bool:
    """True for nouns and names: words that begin with a capital, and so does their lemma."""
    base = lemma(word) if word[:1].isupper() else None
    return base is not None and base[:1].isupper()


@lru_cache(maxsize=65536)
def is_compound_adjective(word: str) -> bool:
    """True for a noun and what makes an adjective of it, uninflected: torffrei, fossilarm."""
    return len(word) <= MAX_LETTERS and any(
        _is_first_part(word.removesuffix(part).capitalize())
        for part in LONG_ADJECTIVE_PARTS
        if word.endswith(part) and len(word) - len(part) >= MIN_PART
    )


def is_derived_adjective(word: str) -> bool:
    """True for a noun of the dictionary and what makes an adjective of it: knappschaftlich."""
    return any(
        len(word) - len(part) >= MIN_PART and is_noun(word.removesuffix(part).capitalize())
        for part in ADJECTIVE_PARTS
        if len(part) >= MIN_PART and word.endswith(part)
    )


def compound_tail(word: str) -> int:
    """The length of the longest noun that ends the German compound `word`; 0 if it is none.

    Everything before that noun must be known words, with linking elements between them.
    """
    plausible = len(word) <= MAX_LETTERS and word[:1].isupper()
    return _compound_tail(word) if plausible else 0


@lru_cache(maxsize=65536)
def _compound_tail(word: str) -> int:
    for cut in range(MIN_PART, len(word) - MIN_PART + 1):
        tail = word[cut:]
        if tail not in TAG_OPENERS and is_noun(tail.capitalize()) and _is_first_part(word[:cut]):
            return len(tail)
    return 0


def _is_first_part(part: str) -> bool:
    """Whether a word, with or without a linking element, can precede the noun of a compound."""
    stems = {part.removesuffix(link) for link in LINKS}
    return any(
        len(stem) >= MIN_PART and bool(lemma(stem) or lemma(stem.lower()) or compound_tail(stem))
        for stem in stems
    )
