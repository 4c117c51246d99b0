"""Accounts of the BAS chart that a joinery company uses, number and name."""

ACCOUNTS = """
1010 Utvecklingsutgifter
1019 Ackumulerade avskrivningar på utvecklingsutgifter
1030 Patent
1039 Ackumulerade avskrivningar på patent
1050 Varumärken
1060 Hyresrätter, tomträtter och liknande
1070 Goodwill
1079 Ackumulerade avskrivningar på goodwill
1110 Byggnader
1119 Ackumulerade avskrivningar på byggnader
1120 Förbättringsutgifter på annans fastighet
1129 Ackumulerade avskrivningar på förbättringsutgifter
1130 Mark
1150 Markanläggningar
1159 Ackumulerade avskrivningar på markanläggningar
1180 Pågående nyanläggningar
1210 Maskiner och andra tekniska anläggningar
1219 Ackumulerade avskrivningar på maskiner
1220 Inventarier och verktyg
1229 Ackumulerade avskrivningar på inventarier och verktyg
1240 Bilar och andra transportmedel
1249 Ackumulerade avskrivningar på bilar
1250 Datorer
1259 Ackumulerade avskrivningar på datorer
1260 Leasade tillgångar
1290 Övriga materiella anläggningstillgångar
1310 Andelar i koncernföretag
1330 Andelar i intresseföretag
1350 Andelar och värdepapper i andra företag
1380 Andra långfristiga fordringar
1385 Värde av kapitalförsäkring
1410 Lager av råvaror
1419 Förändring av lager av råvaror
1440 Produkter i arbete
1450 Lager av färdiga varor
1460 Lager av handelsvaror
1470 Pågående arbeten
1480 Förskott till leverantörer
1510 Kundfordringar
1511 Kundfordringar, äldre
1513 Kundfordringar, delad faktura
1515 Osäkra kundfordringar
1519 Nedskrivning av kundfordringar
1530 Kontraktsfordringar
1560 Kundfordringar hos koncernföretag
1610 Kortfristiga fordringar hos anställda
1613 Övriga förskott till anställda
1620 Upparbetad men ej fakturerad intäkt
1630 Avräkning för skatter och avgifter
1640 Skattefordringar
1650 Momsfordran
1660 Kortfristiga fordringar hos koncernföretag
1680 Andra kortfristiga fordringar
1684 Kortfristiga fordringar hos leverantörer
1685 Kortfristiga fordringar hos delägare
1686 Fordringar för kontokort
1687 Fordringar för kuponger
1690 Fordringar för tecknat men ej inbetalt aktiekapital
1710 Förutbetalda hyreskostnader
1720 Förutbetalda leasingavgifter
1730 Förutbetalda försäkringspremier
1740 Förutbetalda räntekostnader
1750 Upplupna hyresintäkter
1760 Upplupna ränteintäkter
1790 Övriga förutbetalda kostnader och upplupna intäkter
1810 Andelar i börsnoterade företag
1880 Andra kortfristiga placeringar
1910 Kassa
1920 Plusgiro
1930 Företagskonto
1940 Övriga bankkonton
1941 Sparkonto
1950 Bankcertifikat
1960 Koncernkonto
1980 Valutakonto
2010 Eget kapital
2050 Avsättning till expansionsfond
2081 Aktiekapital
2082 Ej registrerat aktiekapital
2085 Uppskrivningsfond
2086 Reservfond
2091 Balanserad vinst eller förlust
2092 Mottagna och lämnade koncernbidrag
2093 Erhållna aktieägartillskott
2097 Överkursfond
2098 Vinst eller förlust från föregående år
2099 Årets resultat
2110 Periodiseringsfonder
2123 Periodiseringsfond 2023
2124 Periodiseringsfond 2024
2125 Periodiseringsfond 2025
2150 Ackumulerade överavskrivningar
2210 Avsättningar för pensioner
2220 Avsättningar för garantier
2240 Avsättningar för uppskjutna skatter
2290 Övriga avsättningar
2310 Obligations- och förlagslån
2330 Checkräkningskredit
2340 Byggnadskreditiv
2350 Andra långfristiga skulder till kreditinstitut
2390 Övriga långfristiga skulder
2393 Lån från närstående personer, långfristig del
2410 Andra kortfristiga låneskulder till kreditinstitut
2417 Kortfristig del av långfristiga skulder
2420 Förskott från kunder
2430 Pågående arbeten
2440 Leverantörsskulder
2441 Leverantörsskulder, äldre
2443 Konsignationsskulder
2445 Tvistiga leverantörsskulder
2450 Fakturerad men ej upparbetad intäkt
2460 Leverantörsskulder till koncernföretag
2480 Checkräkningskredit, kortfristig
2490 Övriga kortfristiga skulder till kreditinstitut
2510 Skatteskulder
2512 Beräknad inkomstskatt
2514 Beräknad särskild löneskatt på pensionskostnader
2518 Betald F-skatt
2611 Utgående moms på försäljning inom Sverige, 25 %
2612 Utgående moms på egna uttag, 25 %
2614 Utgående moms omvänd skattskyldighet, 25 %
2615 Utgående moms import av varor, 25 %
2621 Utgående moms på försäljning inom Sverige, 12 %
2624 Utgående moms omvänd skattskyldighet, 12 %
2631 Utgående moms på försäljning inom Sverige, 6 %
2641 Debiterad ingående moms
2645 Beräknad ingående moms på förvärv från utlandet
2647 Ingående moms omvänd skattskyldighet
2650 Redovisningskonto för moms
2710 Personalskatt
2730 Lagstadgade sociala avgifter
2731 Avräkning lagstadgade sociala avgifter
2732 Avräkning särskild löneskatt
2740 Avtalade sociala avgifter
2750 Utmätning i lön
2790 Övriga löneavdrag
2794 Fackföreningsavgifter
2810 Avräkning för factoring
2820 Kortfristiga skulder till anställda
2821 Löneskulder
2840 Kortfristiga låneskulder
2890 Övriga kortfristiga skulder
2893 Skulder till närstående personer, kortfristig del
2898 Outtagen vinstutdelning
2910 Upplupna löner
2920 Upplupna semesterlöner
2940 Upplupna lagstadgade sociala avgifter
2941 Beräknade upplupna lagstadgade sociala avgifter
2950 Upplupna avtalade sociala avgifter
2960 Upplupna räntekostnader
2970 Förutbetalda intäkter
2990 Övriga upplupna kostnader och förutbetalda intäkter
2998 OBS-konto
3001 Försäljning inom Sverige, 25 % moms
3002 Försäljning inom Sverige, 12 % moms
3003 Försäljning inom Sverige, 6 % moms
3004 Försäljning inom Sverige, momsfri
3041 Försäljning tjänst inom Sverige, 25 % moms
3051 Försäljning vara inom Sverige, 25 % moms
3105 Försäljning vara till land utanför EU
3106 Försäljning vara till annat EU-land, momspliktig
3108 Försäljning vara till annat EU-land, momsfri
3211 Försäljning positiv vinstmarginalbeskattning
3231 Försäljning inom byggsektorn, omvänd skattskyldighet
3305 Försäljning tjänst till land utanför EU
3308 Försäljning tjänst till annat EU-land
3510 Fakturerade emballage
3520 Fakturerade frakter
3530 Fakturerade tull- och speditionskostnader
3540 Faktureringsavgifter
3550 Fakturerade resekostnader
3590 Övriga fakturerade kostnader
3610 Försäljning av material
3690 Övriga sidointäkter
3731 Lämnade kassarabatter
3740 Öres- och kronutjämning
3790 Övriga intäktskorrigeringar
3810 Aktiverat arbete (omkostnader)
3910 Hyres- och arrendeintäkter
3950 Återvunna, tidigare avskrivna kundfordringar
3960 Valutakursvinster på fordringar och skulder
3970 Vinst vid avyttring av anläggningstillgångar
3973 Vinst vid avyttring av maskiner och inventarier
3980 Erhållna offentliga stöd
3990 Övriga ersättningar och intäkter
3994 Försäkringsersättningar
4010 Inköp av material och varor
4011 Inköp av virke
4012 Inköp av beslag
4018 Inköp av infästning
4415 Inköpta tjänster i Sverige, omvänd skattskyldighet, 25 %
4425 Inköpta tjänster byggsektorn, omvänd skattskyldighet
4515 Inköp av varor från annat EU-land, 25 %
4535 Inköp av tjänster från annat EU-land, 25 %
4545 Import av varor, 25 % moms
4600 Legoarbeten och underentreprenader
4610 Underentreprenad snickeri
4620 Underentreprenad el
4630 Underentreprenad måleri
4731 Erhållna kassarabatter
4732 Erhållna mängdrabatter
4910 Förändring av lager av råvaror
4940 Förändring av produkter i arbete
4960 Förändring av lager av handelsvaror
4970 Förändring av pågående arbeten
5010 Lokalhyra
5020 El för belysning
5030 Värme
5040 Vatten och avlopp
5050 Lokaltillbehör
5060 Städning och renhållning
5070 Reparation och underhåll av lokaler
5090 Övriga lokalkostnader
5191 Fastighetsskatt
5210 Hyra av maskiner
5220 Hyra av inventarier och verktyg
5250 Hyra av datorer
5310 El för drift
5330 Eldningsolja
5390 Övriga energikostnader
5410 Förbrukningsinventarier
5420 Programvaror
5430 Transportinventarier
5440 Förbrukningsemballage
5460 Förbrukningsmaterial
5480 Arbetskläder och skyddsmaterial
5500 Reparation och underhåll
5520 Reparation och underhåll av inventarier
5580 Underhåll och tvätt av arbetskläder
5611 Drivmedel för personbilar
5612 Försäkring och skatt för personbilar
5613 Reparation och underhåll av personbilar
5615 Leasing av personbilar
5619 Övriga personbilskostnader
5620 Lastbilskostnader
5630 Truckkostnader
5690 Övriga kostnader för transportmedel
5710 Frakter, transporter och försäkringar vid varudistribution
5720 Tull- och speditionskostnader
5800 Resekostnader
5810 Biljetter
5820 Hyrbilskostnader
5831 Kost och logi i Sverige
5832 Kost och logi i utlandet
5890 Övriga resekostnader
5910 Annonsering
5930 Reklamtrycksaker och direktreklam
5950 Utställningar och mässor
5980 PR och sponsring
5990 Övriga kostnader för reklam
6040 Kontokortsavgifter
6050 Försäljningsprovisioner
6071 Representation, avdragsgill
6072 Representation, ej avdragsgill
6090 Övriga försäljningskostnader
6110 Kontorsmateriel
6150 Trycksaker
6211 Fast telefoni
6212 Mobiltelefon
6230 Datakommunikation
6250 Postbefordran
6310 Företagsförsäkringar
6320 Självrisker vid skada
6340 Lämnade skadestånd
6351 Konstaterade förluster på kundfordringar
6352 Befarade förluster på kundfordringar
6361 Kostnader för garantiarbeten
6390 Övriga riskkostnader
6410 Styrelsearvoden som inte är lön
6420 Ersättningar till revisor
6430 Management fees
6490 Övriga förvaltningskostnader
6530 Redovisningstjänster
6540 IT-tjänster
6550 Konsultarvoden
6570 Bankkostnader
6580 Advokat- och rättegångskostnader
6590 Övriga externa tjänster
6800 Inhyrd personal
6910 Licensavgifter och royalties
6970 Tidningar, tidskrifter och facklitteratur
6981 Föreningsavgifter, avdragsgilla
6982 Föreningsavgifter, ej avdragsgilla
6991 Övriga externa kostnader, avdragsgilla
6992 Övriga externa kostnader, ej avdragsgilla
7010 Löner till kollektivanställda
7081 Sjuklöner till kollektivanställda
7082 Semesterlöner till kollektivanställda
7090 Förändring av semesterlöneskuld
7210 Löner till tjänstemän
7220 Löner till företagsledare
7281 Sjuklöner till tjänstemän
7285 Semesterlöner till tjänstemän
7290 Förändring av semesterlöneskuld, tjänstemän
7321 Skattefria traktamenten, Sverige
7331 Skattefria bilersättningar
7332 Skattepliktiga bilersättningar
7385 Kostnader för fri bil
7399 Motkonto skattepliktiga förmåner
7411 Premier för kollektiva pensionsförsäkringar
7412 Premier för individuella pensionsförsäkringar
7510 Lagstadgade sociala avgifter
7519 Sociala avgifter för semester- och löneskulder
7533 Särskild löneskatt för pensionskostnader
7570 Premier för arbetsmarknadsförsäkringar
7610 Utbildning
7620 Sjuk- och hälsovård
7631 Personalrepresentation, avdragsgill
7650 Sjuklöneförsäkring
7690 Övriga personalkostnader
7821 Avskrivningar på byggnader
7831 Avskrivningar på maskiner
7832 Avskrivningar på inventarier och verktyg
7834 Avskrivningar på bilar
7835 Avskrivningar på datorer
7960 Valutakursförluster på fordringar och skulder
7970 Förlust vid avyttring av anläggningstillgångar
7990 Övriga rörelsekostnader
8210 Utdelningar på andelar i andra företag
8220 Resultat vid försäljning av värdepapper
8310 Ränteintäkter från omsättningstillgångar
8313 Ränteintäkter från kundfordringar
8314 Skattefria ränteintäkter
8330 Valutakursdifferenser på kortfristiga fordringar
8410 Räntekostnader för långfristiga skulder
8420 Räntekostnader för kortfristiga skulder
8422 Dröjsmålsräntor för leverantörsskulder
8423 Räntekostnader för skatter och avgifter
8811 Avsättning till periodiseringsfond
8819 Återföring från periodiseringsfond
8850 Förändring av överavskrivningar
8910 Skatt som belastar årets resultat
8980 Övriga skatter
8999 Årets resultat
"""
